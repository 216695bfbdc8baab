import { ArgumentError } from "../core/errors.ts";
import type { Schema } from "./schema.ts";
import type { Table } from "./table.ts";
import { TableBuilder } from "./table_builder.ts";

/**
 * The rows of tables of one schema, one table behind the other, with the first one's metadata.
 *
 * @throws {ArgumentError} if there is no table or their schemas differ.
 */
export function concatenate<S extends Schema>(tables: readonly Table<S>[]): Table<S> {
  const first = tables[0];
  if (first === undefined) throw new ArgumentError("Cannot concatenate no tables: pass at least one");
  const builder = new TableBuilder(first.schema, { metadata: Object.fromEntries(first.metadata) });
  for (const table of tables) {
    if (table.schema.name !== first.schema.name) {
      throw new ArgumentError(`Cannot concatenate ${first.schema.name} and ${table.schema.name}`);
    }
    for (let row = 0; row < table.length; row++) builder.copy(table, row);
  }
  return builder.finish();
}
