import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import type { Schema } from "../../tables/schema.ts";
import { Table } from "../../tables/table.ts";

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
    throw new ArgumentError(`Cannot draw ${chart}: it needs a table ${schema.name}, found ${kindOf(table)}`);
  }
  const present = Object.keys(table.schema.columns);
  for (const column of columns) {
    if (present.includes(column)) continue;
    throw new ArgumentError(
      `Cannot draw ${chart}: it needs a table ${schema.name}, found ${table.schema.name} without column "${column}" ` +
        `(${suggestion(column, present)})`,
    );
  }
  if (table.length === 0) throw new ArgumentError(`Cannot draw ${chart}: the table ${table.schema.name} has no rows`);
}

/** Checks that a list of rows has rows, and finite numbers in `fields`. */
export function checkRows<R extends object>(
  chart: string,
  rows: readonly R[],
  fields: readonly (keyof R & string)[],
): void {
  if (!Array.isArray(rows)) {
    throw new ArgumentError(`Cannot draw ${chart}: it needs a list of rows, found ${kindOf(rows)}`);
  }
  if (rows.length === 0) throw new ArgumentError(`Cannot draw ${chart}: the list has no rows`);
  rows.forEach((row, i) => {
    for (const field of fields) checkNumber(chart, row[field], `row ${i}, field "${field}"`);
  });
}

/** Checks that a value is a finite number; `where` names its place. */
export function checkNumber(chart: string, value: unknown, where: string): void {
  if (typeof value === "number" && Number.isFinite(value)) return;
  throw new ArgumentError(`Cannot draw ${chart}: ${where} must be a finite number, found ${value}`);
}

/** A mean with the ends of its interval. */
export interface Interval {
  readonly mean: number;
  readonly low?: unknown;
  readonly high?: unknown;
}

/** How far an interval may miss its mean by rounding. */
const ROUNDING = 1e-9;

/** Checks that an interval has two finite ends with its mean between them; `which` names it, such as `of "bm25"`. */
export function checkInterval(chart: string, which: string, { mean, low, high }: Interval): void {
  checkNumber(chart, low, `the lower end of the interval ${which}`);
  checkNumber(chart, high, `the upper end of the interval ${which}`);
  const slack = ROUNDING * Math.max(1, Math.abs(mean));
  if ((low as number) <= mean + slack && mean <= (high as number) + slack) return;
  throw new ArgumentError(`Cannot draw ${chart}: the interval ${which}, ${low} to ${high}, misses its mean ${mean}`);
}

/** Checks that every arm has a name, and no two the same. */
export function checkNames(chart: string, rows: readonly { arm: string }[]): void {
  const names = new Set<string>();
  rows.forEach(({ arm }, i) => {
    if (typeof arm !== "string" || arm === "") {
      throw new ArgumentError(
        `Cannot draw ${chart}: row ${i}, field "arm" must be a name, found ${arm === "" ? '""' : arm}`,
      );
    }
    if (names.has(arm)) throw new ArgumentError(`Cannot draw ${chart}: two arms are named "${arm}"`);
    names.add(arm);
  });
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
