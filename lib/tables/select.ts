import { compareCodePoints } from "../core/compare.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { ColumnView } from "./columns.ts";
import type { Row, Schema, Value } from "./types.ts";

/**
 * What rows must meet: a value or any of several by column, or a function of the row.
 *
 * @category Tables
 */
export type Condition<S extends Schema> =
  | RowTest<S>["test"]
  | { readonly [K in keyof S["columns"]]?: Value<S["columns"][K]> | readonly Value<S["columns"][K]>[] };

/**
 * A test of a row. A method, so that a table of more columns is also one of fewer.
 *
 * @category Tables
 */
export interface RowTest<S extends Schema> {
  /** Whether the row is wanted. */
  test(row: Row<S>, index: number): boolean;
}

/**
 * Options of `Table.sortBy`.
 *
 * @category Tables
 */
export interface SortOptions {
  /**
   * The greatest first.
   * @default {false}
   */
  descending?: boolean;
}

const SORT_OPTIONS: OptionKinds<SortOptions> = { descending: "boolean" };

/** What is selected from. */
interface Rows<S extends Schema> {
  readonly schema: S;
  readonly length: number;
  column(name: string): ColumnView<unknown>;
  rows(): Generator<Row<S>>;
}

/** Numbers of the rows that meet a condition. */
export function rowsWhere<S extends Schema>(table: Rows<S>, condition: Condition<S>): number[] {
  const found: number[] = [];
  if (typeof condition === "function") {
    let row = 0;
    for (const cells of table.rows()) {
      if (condition(cells, row)) found.push(row);
      row++;
    }
    return found;
  }
  const tests = Object.entries(condition).map(([name, wanted]) => {
    checkColumn(table, name);
    return { column: table.column(name), values: new Set<unknown>(Array.isArray(wanted) ? wanted : [wanted]) };
  });
  for (let row = 0; row < table.length; row++) {
    if (tests.every(({ column, values }) => values.has(column.at(row)))) found.push(row);
  }
  return found;
}

/** Numbers of all rows in order of a column. */
export function sortedRows<S extends Schema>(table: Rows<S>, name: string, options: SortOptions): number[] {
  checkOptions<SortOptions>("sortBy", options, SORT_OPTIONS);
  checkColumn(table, name);
  const values = [...table.column(name)];
  const sign = options.descending ? -1 : 1;
  return [...values.keys()].sort((a, b) => {
    const [x, y] = [values[a], values[b]];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b;
    const order = typeof x === "number" ? x - (y as number) : compareCodePoints(String(x), String(y));
    return sign * order || a - b;
  });
}

function checkColumn({ schema }: { readonly schema: Schema }, name: string): void {
  if (Object.hasOwn(schema.columns, name)) return;
  throw new ArgumentError(
    `Unknown column "${name}" of ${schema.name}: ${suggestion(name, Object.keys(schema.columns))}`,
  );
}
