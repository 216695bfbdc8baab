import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import type { Schema } from "../data/schema.ts";
import { Table } from "../data/table.ts";

/**
 * Checks that `table` has rows and the columns that a chart reads. Notebook cells are not type-checked, so a wrong table
 * would otherwise be an empty picture.
 */
export function checkTable<S extends Schema>(
  chart: string,
  table: Table<S>,
  schema: S,
  columns: readonly (keyof S["columns"] & string)[],
): void {
  if (!(table instanceof Table)) {
    throw new ArgumentError(`Cannot draw ${chart}: found ${kindOf(table)}, wanted a table ${schema.name}`);
  }
  const present = Object.keys(table.schema.columns);
  for (const column of columns) {
    if (present.includes(column)) continue;
    throw new ArgumentError(
      `Cannot draw ${chart}: found a table ${table.schema.name} without column "${column}" ` +
        `(${suggestion(column, present)}), wanted ${schema.name}`,
    );
  }
  if (table.length === 0) throw new ArgumentError(`Cannot draw ${chart}: the table ${table.schema.name} has no rows`);
}

/** Checks that a list of rows is one, has rows, and has finite numbers in `fields`. */
export function checkRows<R extends object>(
  chart: string,
  rows: readonly R[],
  fields: readonly (keyof R & string)[],
): void {
  if (!Array.isArray(rows)) {
    throw new ArgumentError(`Cannot draw ${chart}: found ${kindOf(rows)}, wanted a list of rows`);
  }
  if (rows.length === 0) throw new ArgumentError(`Cannot draw ${chart}: the list has no rows`);
  rows.forEach((row, i) => {
    for (const field of fields) checkNumber(chart, row[field], `row ${i}, field "${field}"`);
  });
}

/** Checks one number. */
export function checkNumber(chart: string, value: unknown, where: string): void {
  if (typeof value === "number" && Number.isFinite(value)) return;
  throw new ArgumentError(`Cannot draw ${chart}: found ${value} in ${where}, wanted a finite number`);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
