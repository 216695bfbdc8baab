import * as arrow from "apache-arrow";
import type { Schema } from "./schema.ts";
import { Table } from "./table.ts";

/**
 * A copy of a table with metadata added or replaced by key; the rows are shared.
 *
 * @example
 * ```ts
 * import { QUERIES, tableOf } from "./mod.ts";
 * import { withMetadata } from "./with_metadata.ts";
 * console.log(withMetadata(tableOf(QUERIES, []), { origin: "logs" }).metadata.get("origin")); // logs
 * ```
 */
export function withMetadata<S extends Schema>(table: Table<S>, entries: Readonly<Record<string, string>>): Table<S> {
  const { schema, batches } = table.arrow;
  const metadata = new Map([...table.metadata, ...Object.entries(entries)]);
  return new Table(table.schema, new arrow.Table(new arrow.Schema(schema.fields, metadata), batches));
}
