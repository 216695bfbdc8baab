export type { ColumnView, TextView } from "./columns.ts";
export * from "./concatenate.ts";
export { digestTable } from "./digest_table.ts";
export * from "./rows_by_id.ts";
export * from "./schema.ts";
export * from "./select_rows.ts";
export * from "./table.ts";
export { TableBuilder, tableOf, type TableOptions } from "./table_builder.ts";
export * from "./with_columns.ts";
