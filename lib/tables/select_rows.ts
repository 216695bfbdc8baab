import { KitError } from "../core/errors.ts";
import type { Schema } from "./schema.ts";
import type { Table } from "./table.ts";
import { TableBuilder } from "./table_builder.ts";

/**
 * Selects rows by number, in the given order; numbers may repeat.
 *
 * @throws {KitError} if a number is not a row of the table.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * import { selectRows } from "@syneg/kit/tables";
 * const { queries } = await loadCollection("facets");
 * console.log(selectRows(queries, [3, 1, 2]).length);
 * ```
 */
export function selectRows<S extends Schema>(table: Table<S>, rows: Iterable<number>): Table<S> {
  const builder = new TableBuilder(table.schema, { metadata: Object.fromEntries(table.metadata) });
  for (const row of rows) {
    if (!(Number.isInteger(row) && row >= 0 && row < table.length)) {
      throw new KitError(`Cannot select row ${row} of ${table.schema.name}: it has ${table.length} rows`);
    }
    builder.copy(table, row);
  }
  return builder.finish();
}
