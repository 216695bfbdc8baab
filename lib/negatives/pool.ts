import { ArgumentError } from "../core/errors.ts";
import type { NEGATIVES, Source } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";

/**
 * A NEGATIVES table as samplers and filters read it: numbers in typed arrays (NaN for null), rows by query.
 *
 * @category Negatives
 */
export class Pool {
  /** The table. */
  readonly table: Table<typeof NEGATIVES>;
  /** Number of rows. */
  readonly length: number;
  readonly #kept = new Map<string, number[]>();
  readonly #queries: string[];
  readonly #sources: Source[];
  #scores?: Float64Array;
  #positiveScores?: Float64Array;
  #ranks?: Float64Array;
  #grades?: Float64Array;
  #documents?: Int32Array;

  /** Reads the columns that every use needs; {@link poolOf} makes one per table. */
  constructor(table: Table<typeof NEGATIVES>) {
    this.table = table;
    this.length = table.length;
    this.#queries = [...table.column("query_id")];
    this.#sources = [...table.column("source")] as Source[];
    const verdicts = table.column("verdict");
    for (let row = 0; row < this.length; row++) {
      if (verdicts.at(row) !== "kept") continue;
      const rows = this.#kept.get(this.#queries[row]);
      if (rows) rows.push(row);
      else this.#kept.set(this.#queries[row], [row]);
    }
  }

  /** Kept rows by query, in the table's order. */
  get kept(): ReadonlyMap<string, readonly number[]> {
    return this.#kept;
  }

  /** Id of the query. */
  query(row: number): string {
    return this.#queries[row];
  }

  /** Source of the row. */
  source(row: number): Source {
    return this.#sources[row];
  }

  /** Similarity to the query, by the miner or the scorer; NaN if unknown. */
  score(row: number): number {
    return (this.#scores ??= numbers(this.table, "score"))[row];
  }

  /** The same score of the query's lowest positive; NaN if unknown. */
  positiveScore(row: number): number {
    return (this.#positiveScores ??= numbers(this.table, "positive_score"))[row];
  }

  /** Rank in its source, from 1; NaN if unknown. */
  rank(row: number): number {
    return (this.#ranks ??= numbers(this.table, "rank"))[row];
  }

  /** Level that the recipe wrote for; NaN if unknown. */
  grade(row: number): number {
    return (this.#grades ??= numbers(this.table, "grade"))[row];
  }

  /** A number that rows of the same document share; each written negative has its own. */
  document(row: number): number {
    return (this.#documents ??= documents(this.table))[row];
  }
}

const pools = new WeakMap<Table<typeof NEGATIVES>, Pool>();

/**
 * The {@link Pool} of a table, built once.
 *
 * @example
 * ```ts
 * import { loadCollection, mine } from "@syneg/kit";
 * import { poolOf } from "@syneg/kit/negatives";
 * const pool = poolOf(await mine(await loadCollection("facets"), { source: "bm25", depth: 2 }));
 * console.log(pool);
 * ```
 *
 * @category Negatives
 */
export function poolOf(table: Table<typeof NEGATIVES>): Pool {
  let pool = pools.get(table);
  if (!pool) pools.set(table, pool = new Pool(table));
  return pool;
}

/**
 * Checks that `read` gives a finite number for each of `rows`, and returns them.
 *
 * @throws {ArgumentError} with the number of rows without one, and the first of them.
 */
export function withNumbers(
  pool: Pool,
  rows: readonly number[],
  read: (row: number) => number,
  { work, what }: { work: string; what: string },
): readonly number[] {
  let missing = 0;
  let first = -1;
  for (const row of rows) {
    if (Number.isFinite(read(row))) continue;
    if (missing++ === 0) first = row;
  }
  if (missing > 0) {
    throw new ArgumentError(
      `Cannot ${work}: ${missing} of ${rows.length} rows have no finite ${what}, the first is row ${first} ` +
        `(query "${pool.query(first)}", source ${pool.source(first)}); score them, or name the sources to work on`,
    );
  }
  return rows;
}

function numbers(table: Table<typeof NEGATIVES>, name: "score" | "positive_score" | "rank" | "grade"): Float64Array {
  const column = table.column(name);
  return Float64Array.from({ length: table.length }, (_, row) => column.at(row) ?? NaN);
}

function documents(table: Table<typeof NEGATIVES>): Int32Array {
  const column = table.column("doc_id");
  const codes = new Map<string, number>();
  return Int32Array.from({ length: table.length }, (_, row) => {
    const id = column.at(row);
    if (id === null) return -1 - row;
    let code = codes.get(id);
    if (code === undefined) codes.set(id, code = codes.size);
    return code;
  });
}
