import { ArgumentError } from "../core/errors.ts";
import { mergeMetadata } from "./merge_metadata.ts";
import type { Schema } from "./schema.ts";
import type { Table } from "./table.ts";
import { TableBuilder } from "./table_builder.ts";

/**
 * Concatenates tables of one schema. Their metadata is merged: lists such as the rules applied are united, counts such as
 * the requests sent are added, differing names are joined by " + ".
 *
 * @throws {ArgumentError} if there is no table, their schemas differ, or they hold vectors of different encoders.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { concatenate, tableOf } from "@syneg/kit";
 * import { QUERIES } from "@syneg/kit/tables";
 * const queries = tableOf(QUERIES, [{ id: "q1", text: "tram noise" }]);
 * console.log(concatenate([queries, queries]).length); // 2
 * ```
 */
export function concatenate<S extends Schema>(tables: readonly Table<S>[]): Table<S> {
  const first = tables[0];
  if (first === undefined) throw new ArgumentError("Cannot concatenate: at least one table is required, found none");
  const metadata = mergeMetadata(tables.map((table) => table.metadata));
  const builder = new TableBuilder(first.schema, { metadata });
  for (const table of tables) {
    if (table.schema.name !== first.schema.name) {
      throw new ArgumentError(`Cannot concatenate ${first.schema.name} and ${table.schema.name}`);
    }
    for (let row = 0; row < table.length; row++) builder.copy(table, row);
  }
  return builder.finish();
}
