import { ArgumentError } from "../core/errors.ts";
import type { SCORES } from "../tables/schema.ts";
import { Table } from "../tables/table.ts";
import { measure as parseMeasure } from "./measure.ts";
import { queryValues } from "./scores/query_values.ts";

/**
 * One value per query of one system, or one such series per seed of its training: score tables, or plain numbers.
 *
 * @category Evaluation
 */
export type Sample = Series | readonly Series[];
/**
 * One value per query: the scores of one run, or numbers whose order of queries the caller answers for.
 *
 * @category Evaluation
 */
export type Series = Table<typeof SCORES> | Float64Array;

/** Samples brought into one order of queries: `[sample][seed][query]`. */
export function aligned(samples: readonly Sample[], measure: string | undefined): Float64Array[][] {
  const lists = samples.map((sample) => isSeries(sample) ? [sample] : [...sample]);
  if (lists.some((list) => list.length === 0)) throw new ArgumentError("Cannot compare: a sample has no seeds");
  const tables = lists.flat().filter((series) => series instanceof Table).length;
  if (tables > 0 && tables < lists.flat().length) {
    throw new ArgumentError("Cannot compare: some samples are tables of scores, others plain numbers");
  }
  const found = tables > 0 ? fromTables(lists as Table<typeof SCORES>[][], measure) : lists as Float64Array[][];
  const length = found[0][0].length;
  for (const values of found.flat()) {
    if (values.length !== length) {
      throw new ArgumentError(`Cannot compare ${values.length} queries with ${length}: the same ones are wanted`);
    }
    if (!values.every(Number.isFinite)) throw new ArgumentError("Cannot compare: a value is not a finite number");
  }
  if (length < 2) throw new ArgumentError(`Cannot compare on ${length} queries: at least 2 are wanted`);
  return found;
}

/** The mean over seeds of every query. */
export function overSeeds(seeds: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(seeds[0].length);
  for (const values of seeds) for (let q = 0; q < sums.length; q++) sums[q] += values[q];
  for (let q = 0; q < sums.length; q++) sums[q] /= seeds.length;
  return sums;
}

/** Mean and unbiased variance. */
export function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2;
  return { mean, variance: values.length > 1 ? squares / (values.length - 1) : 0 };
}

function isSeries(sample: Sample): sample is Series {
  return sample instanceof Float64Array || sample instanceof Table;
}

function fromTables(lists: readonly Table<typeof SCORES>[][], measure: string | undefined): Float64Array[][] {
  const names = new Set(lists.flat().flatMap((table) => [...new Set(table.column("measure"))]));
  if (measure === undefined && names.size > 1) {
    throw new ArgumentError(`Cannot compare without a measure: the scores hold ${[...names].join(", ")}`);
  }
  const wanted = measure === undefined ? [...names][0] : parseMeasure(measure).name;
  const maps = lists.map((list) => list.map((table) => queryValues(table, wanted)));
  const queries = [...maps[0][0].keys()];
  return maps.map((list) =>
    list.map((values) => {
      const missing = queries.find((query) => !values.has(query)) ?? [...values.keys()].find((q) => !maps[0][0].has(q));
      if (missing !== undefined) {
        throw new ArgumentError(`Cannot compare: query "${missing}" is scored in one table and not in another`);
      }
      return Float64Array.from(queries, (query) => values.get(query)!);
    })
  );
}
