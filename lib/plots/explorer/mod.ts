/**
 * Negatives to read: a page of all, one query, two texts.
 *
 * @module
 */
export { browse, type BrowseOptions, type Explorer } from "./browse.ts";
export { type DiffPiece, diffText, type TextDiff } from "./diff_text.ts";
export { type QueryView, showQuery, type ShowQueryOptions } from "./show_query.ts";
