/**
 * Negatives to read: a page of all, one query, two texts.
 *
 * @module
 */
export { browse, type BrowseOptions } from "./browse.ts";
export { changedQueries, type ChangedQueriesOptions } from "./changed_queries.ts";
export type { Explorer } from "./saved_page.ts";
export { type DiffPiece, diffText, type TextDiff } from "./diff_text.ts";
export { type QueryView, showQuery, type ShowQueryOptions } from "./show_query.ts";
