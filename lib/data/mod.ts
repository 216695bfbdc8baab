export type { ColumnView, TextView } from "./columns.ts";
export * from "./concatenate.ts";
export { COLLECTION_FORMATS, type CollectionFormat, convertCollection } from "./convert_collection.ts";
export { withoutDangling } from "./dangling.ts";
export { describe, type Description, type Lengths, type SplitSummary } from "./describe.ts";
export * from "./equal_text.ts";
export { digestCollection, digestTable } from "./digest.ts";
export { type CollectionCheck, verifyCollection } from "./verify_collection.ts";
export { defaultCache, hubFile, type HubOptions, hubSnapshot, parseRepository, type Snapshot } from "./hub.ts";
export { HubError, type RepositoryType } from "./hub_api.ts";
export {
  checkedTable,
  parseTable,
  readTable,
  type ReadTableOptions,
  writeTable,
  type WriteTableOptions,
} from "./ipc.ts";
export { readJsonl, writeJsonl, type WriteJsonlOptions } from "./jsonl.ts";
export type { ReadOptions } from "./lines.ts";
export type { UnpackLimits } from "./unpack_limits.ts";
export * from "./known_collections.ts";
export { type CollectionFiles, loadCollection, type LoadCollectionOptions } from "./load_collection.ts";
export { readParquet, writeParquet } from "./parquet.ts";
export * from "./passage.ts";
export { readQrels } from "./read_parts.ts";
export * from "./own_documents.ts";
export * from "./rows_by_id.ts";
export * from "./schema.ts";
export * from "./select_rows.ts";
export * from "./table.ts";
export { TableBuilder, tableOf, type TableOptions } from "./table_builder.ts";
export { readTopics, type TopicOptions } from "./topics.ts";
export { readRun, writeQrels, writeRun } from "./trec.ts";
export * from "./types.ts";
export * from "./with_columns.ts";
