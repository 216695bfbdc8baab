import type { Schema } from "./schema.ts";
import type { Table } from "./table.ts";

/** Row numbers by the values of the column `id`; of rows with the same id the first counts. */
export function rowsById<S extends Schema & { columns: { id: unknown } }>(
  table: Table<S>,
): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  let row = 0;
  for (const id of table.column("id" as keyof S["columns"] & string) as Iterable<string>) {
    if (!rows.has(id)) rows.set(id, row);
    row++;
  }
  return rows;
}
