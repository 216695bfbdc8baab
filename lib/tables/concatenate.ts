import { ArgumentError } from "../core/errors.ts";
import { mergeMetadata } from "./merge_metadata.ts";
import type { Schema } from "./schema.ts";
import type { Table } from "./table.ts";
import { TableBuilder } from "./table_builder.ts";

/**
 * The rows of tables of one schema, one table behind the other. What the tables say of themselves is merged: the rules
 * that were applied to any of them, the requests of all that were generated.
 *
 * @throws {ArgumentError} if there is no table, their schemas differ, or they hold vectors of different encoders.
 */
export function concatenate<S extends Schema>(tables: readonly Table<S>[]): Table<S> {
  const first = tables[0];
  if (first === undefined) throw new ArgumentError("Cannot concatenate no tables: pass at least one");
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
