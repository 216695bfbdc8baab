import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import { type Random, random } from "../../core/random.ts";
import { type Source, SOURCES } from "../../tables/schema.ts";
import { poolOf } from "../pool.ts";
import type { Candidates, Instance, Picked, Sampler, SamplerOptions, Shortfall } from "../types.ts";

/** A sampler from its settings and its `pick`; `draw` calls it for every query that has positives. */
export function samplerOf(
  name: string,
  settings: unknown,
  pick: Sampler["pick"],
  sources?: readonly Source[],
): Sampler {
  return {
    name,
    ...(sources === undefined ? {} : { sources }),
    settings,
    pick,
    draw(negatives, positives, epoch) {
      const pool = poolOf(negatives);
      if (pool.kept.size === 0) {
        throw new ArgumentError(`Cannot draw negatives: the pool is empty (${pool.length} rows, none kept)`);
      }
      if (!(Number.isInteger(epoch) && epoch >= 0)) {
        throw new ArgumentError(`Cannot draw negatives for epoch ${epoch}: wanted an integer from 0`);
      }
      for (const query_id of pool.kept.keys()) {
        if (!positives.get(query_id)?.length) {
          throw new ArgumentError(`Cannot draw negatives for query "${query_id}": it has no positive`);
        }
      }
      const instances: Instance[] = [];
      const shortfalls: Shortfall[] = [];
      for (const [query_id, ids] of positives) {
        if (ids.length === 0) throw new ArgumentError(`Cannot draw for query "${query_id}": it has no positive`);
        const picked = pick({ queryId: query_id, rows: pool.kept.get(query_id) ?? [], pool }, epoch);
        instances.push({ queryId: query_id, positives: ids, negatives: picked.rows });
        shortfalls.push(...picked.shortfalls);
      }
      return { instances, shortfalls };
    },
  };
}

/** Chooses up to `count` of `rows` (no document twice among them), with a stream of the query and epoch. */
export type Choose = (candidates: Candidates, count: number, stream: Random) => readonly number[];

/** A sampler that draws `options.count` rows by one rule and reports what it could not get. */
export function simpleSampler(
  name: string,
  options: SamplerOptions,
  choose: Choose,
): Sampler {
  const { count: standard, seed = 0, sources } = options;
  if (standard !== undefined) checkCount(standard);
  sources?.forEach(checkSource);
  const root = random(seed).fork(name);
  return samplerOf(name, options, (candidates, epoch, count = standard) => {
    if (count === undefined) throw new ArgumentError(`Cannot draw with ${name}: it was given no count`);
    const { queryId: query_id, pool } = candidates;
    const rows = distinct(candidates, sources);
    if (count === 0) return { rows: [], shortfalls: [] };
    const stream = root.fork(epoch).fork(query_id).fork(candidates.part ?? "");
    const chosen = choose({ queryId: query_id, rows, pool }, Math.min(count, rows.length), stream);
    if (chosen.length === count) return { rows: chosen, shortfalls: [] };
    const source = (sources ?? [...new Set(candidates.rows.map((row) => pool.source(row)))].sort()).join("+") || "any";
    return { rows: chosen, shortfalls: [{ queryId: query_id, source, wanted: count, got: chosen.length }] };
  }, sources);
}

/** Rows of the given sources, no document twice: the first row of a document stands for it. */
function distinct({ rows, pool }: Candidates, sources: readonly Source[] | undefined): number[] {
  const seen = new Set<number>();
  return rows.filter((row) => {
    if (sources && !sources.includes(pool.source(row))) return false;
    const document = pool.document(row);
    return !seen.has(document) && seen.add(document);
  });
}

/**
 * `count` rows drawn one after the other without replacement with probability proportional to exp(`logWeight`), as the
 * largest of log weight plus Gumbel noise: exact, and safe where a weight would underflow.
 */
export function weightedSample(
  rows: readonly number[],
  count: number,
  logWeight: (row: number) => number,
  stream: Random,
): number[] {
  const keyed = rows.map((row) => ({ row, key: logWeight(row) - Math.log(-Math.log(1 - stream.next())) }));
  return keyed.sort((a, b) => b.key - a.key || a.row - b.row).slice(0, count).map(({ row }) => row);
}

/** Everything of a picked query that a sampler of samplers passes on. */
export function joined(parts: readonly Picked[]): Picked {
  return { rows: parts.flatMap((part) => part.rows), shortfalls: parts.flatMap((part) => part.shortfalls) };
}

export function checkCount(count: number): void {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new ArgumentError(`Cannot draw ${count} negatives per query: wanted an integer from 1`);
  }
}

export function checkSource(source: string): asserts source is Source {
  if (!(SOURCES as readonly string[]).includes(source)) {
    throw new ArgumentError(`Unknown source "${source}": ${suggestion(source, SOURCES)}`);
  }
}
