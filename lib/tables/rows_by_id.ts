import { RowIndex } from "./row_index.ts";
import type { Schema } from "./schema.ts";
import type { Table } from "./table.ts";

/** Indices of tables in use, so that one is built once per table. */
const indices = new WeakMap<object, RowIndex>();

/**
 * Row numbers by the values of the column `id`; of rows with the same id the first counts. The ids stay in Arrow's
 * buffers: about 6 bytes a row come on top.
 *
 * @example
 * ```ts
 * import { loadCollection, rowsById } from "@syneg/kit";
 * const { corpus } = await loadCollection("facets");
 * console.log(corpus.row(rowsById(corpus).get("d0002")!).title);
 * ```
 */
export function rowsById<S extends Schema & { columns: { id: unknown } }>(
  table: Table<S>,
): ReadonlyMap<string, number> {
  let index = indices.get(table);
  if (!index) indices.set(table, index = new RowIndex([table.texts("id" as keyof S["columns"] & string)]));
  return index;
}
