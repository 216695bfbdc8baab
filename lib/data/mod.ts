export { digestCollection, digestTable } from "./digest.ts";
export * from "./ipc.ts";
export { BUILT_IN, loadCollection, type LoadOptions } from "./load_collection.ts";
export * from "./passage.ts";
export * from "./rows_by_id.ts";
export * from "./schema.ts";
export * from "./table.ts";
export { TableBuilder, tableOf, type TableOptions } from "./table_builder.ts";
export * from "./types.ts";
