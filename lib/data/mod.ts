export * from "./ipc.ts";
export * from "./passage.ts";
export * from "./schema.ts";
export * from "./table.ts";
export { TableBuilder, tableOf, type TableOptions } from "./table_builder.ts";
export * from "./types.ts";
