import { type Pool, withNumbers } from "../pool.ts";
import type { Decision } from "../rules/decision.ts";
import type { FilterOptions } from "./filter_options.ts";
import type { Filter } from "./types.ts";

/** What a {@link rowFilter} is made of. */
export interface RowFilterParts {
  /** Name of the filter and of its rule. */
  readonly name: string;
  readonly options: FilterOptions;
  /** Number that every row must have, and its name. */
  readonly needs: { readonly what: string; readonly read: (pool: Pool, row: number) => number };
  /** Why a row is dropped; undefined keeps it. */
  readonly reason: (pool: Pool, row: number) => string | undefined;
}

/** A filter that decides row by row on numbers that every row must have. */
export function rowFilter({ name, options: { sources }, needs, reason }: RowFilterParts): Filter {
  return {
    name,
    rules: [name],
    sources,
    check(rows, { pool }) {
      withNumbers(pool, rows, (row) => needs.read(pool, row), { work: `filter by ${name}`, what: needs.what });
    },
    decide(rows, { pool }) {
      const decisions = new Map<number, Decision>();
      for (const row of rows) {
        const found = reason(pool, row);
        if (found !== undefined) decisions.set(row, { verdict: "dropped", reason: found });
      }
      return decisions;
    },
  };
}
