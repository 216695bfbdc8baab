import { RowIndex } from "./row_index.ts";
import type { Schema } from "./schema.ts";
import type { Table } from "./table.ts";

/** Indices by table, so that each is built once. */
const indices = new WeakMap<object, RowIndex>();

/**
 * Maps ids to row numbers; of rows with the same id, the first is kept. The index is built once per table and takes about
 * 6 bytes a row, because the ids remain in Arrow's buffers.
 *
 * @category Tables
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
