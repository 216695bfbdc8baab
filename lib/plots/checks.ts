import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import type { Schema } from "../tables/schema.ts";
import { Table } from "../tables/table.ts";

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

/** How far an interval may miss its mean by rounding. */
const ROUNDING = 1e-9;

/** Checks that an interval has two finite ends with its mean between them. */
export function checkInterval(chart: string, which: string, mean: number, low: unknown, high: unknown): void {
  checkNumber(chart, low, `the lower end of the interval ${which}`);
  checkNumber(chart, high, `the upper end of the interval ${which}`);
  const slack = ROUNDING * Math.max(1, Math.abs(mean));
  if ((low as number) <= mean + slack && mean <= (high as number) + slack) return;
  throw new ArgumentError(`Cannot draw ${chart}: interval ${low} to ${high} ${which} misses its mean ${mean}`);
}

/** Checks that arms have names, each another. */
export function checkNames(chart: string, rows: readonly { arm: string }[]): void {
  const names = new Set<string>();
  rows.forEach(({ arm }, i) => {
    if (typeof arm !== "string" || arm === "") {
      throw new ArgumentError(
        `Cannot draw ${chart}: found ${arm === "" ? '""' : arm} in row ${i}, field "arm", wanted a name`,
      );
    }
    if (names.has(arm)) throw new ArgumentError(`Cannot draw ${chart}: arm "${arm}" is there twice`);
    names.add(arm);
  });
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
