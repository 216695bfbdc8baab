/**
 * Typed Arrow tables: schemas, building, selecting, digests.
 *
 * @module
 */
export {
  type Column,
  CORPUS,
  EMBEDDINGS,
  EVENTS,
  type FormerRows,
  type Kind,
  NEGATIVES,
  type NewRow,
  QRELS,
  QUERIES,
  type RequiredKeys,
  type Row,
  RUN,
  type Schema,
  SCHEMAS,
  SCORES,
  SIMILARITIES,
  type Source,
  SOURCES,
  type Value,
  type Verdict,
  VERDICTS,
} from "./schema.ts";
export { REVIEWS } from "./reviews.ts";
export { sourceColor } from "./sources.ts";
export { Table } from "./table.ts";
export type { Condition, RowTest, SortOptions } from "./select.ts";
export type { ColumnView, TextView } from "./columns.ts";
export { TableBuilder, tableOf, type TableOptions } from "./table_builder.ts";
export { concatenate } from "./concatenate.ts";
export { selectRows } from "./select_rows.ts";
export { type Replacements, withColumns } from "./with_columns.ts";
export { rowsById } from "./rows_by_id.ts";
export { digestTable } from "./digest_table.ts";
