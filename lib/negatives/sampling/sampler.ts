import { ArgumentError } from "../../core/errors.ts";
import { type Random, random } from "../../core/random.ts";
import type { Source } from "../../tables/schema.ts";
import { poolOf } from "../pool.ts";
import { checkSource } from "../rules/check_source.ts";
import type { Candidates, Instance, Sampler, Shortfall } from "../types.ts";
import type { SamplerOptions } from "./sampler_options.ts";

/** What a sampler is made of. */
export interface SamplerParts {
  readonly name: string;
  readonly settings: unknown;
  readonly pick: Sampler["pick"];
  readonly sources?: readonly Source[];
}

/** Makes a sampler from its rule for one query; `draw` applies it to every query with positives. */
export function samplerOf({ name, settings, pick, sources }: SamplerParts): Sampler {
  return {
    name,
    ...(sources === undefined ? {} : { sources }),
    settings,
    pick,
    draw(negatives, positives, epoch) {
      const pool = poolOf(negatives);
      if (pool.kept.size === 0) {
        throw new ArgumentError(`Cannot draw negatives: none of the ${pool.length} rows is kept`);
      }
      if (!(Number.isInteger(epoch) && epoch >= 0)) {
        throw new ArgumentError(`epoch must be an integer >= 0, found ${epoch}`, { field: "epoch" });
      }
      for (const queryId of pool.kept.keys()) {
        if (!positives.get(queryId)?.length) {
          throw new ArgumentError(`Cannot draw negatives for query "${queryId}": it has no positive`);
        }
      }
      const instances: Instance[] = [];
      const shortfalls: Shortfall[] = [];
      for (const [queryId, ids] of positives) {
        if (ids.length === 0) {
          throw new ArgumentError(`Cannot draw negatives for query "${queryId}": it has no positive`);
        }
        const picked = pick({ queryId, rows: pool.kept.get(queryId) ?? [], pool }, epoch);
        instances.push({ queryId, positives: ids, negatives: picked.rows });
        shortfalls.push(...picked.shortfalls);
      }
      return { instances, shortfalls };
    },
  };
}

/** Chooses up to `count` of the rows, all of different documents. The stream depends on query and epoch. */
export type Choose = (candidates: Candidates, count: number, stream: Random) => readonly number[];

/**
 * A sampler that draws `options.count` rows by one rule and reports what it could not get.
 *
 * @param settings What a checkpoint remembers of it: the options as they were given.
 */
export function simpleSampler(
  { name, settings, options }: { name: string; settings: unknown; options: SamplerOptions },
  choose: Choose,
): Sampler {
  const { count: standard, seed = 0, sources } = options;
  sources?.forEach(checkSource);
  const root = random(seed).fork(name);
  const pick: Sampler["pick"] = (candidates, epoch, count = standard) => {
    if (count === undefined) throw new ArgumentError(`Cannot draw with ${name}: count is missing`, { field: "count" });
    const { queryId, pool } = candidates;
    const rows = distinct(candidates, sources);
    if (count === 0) return { rows: [], shortfalls: [] };
    const stream = root.fork(epoch).fork(queryId).fork(candidates.part ?? "");
    const chosen = choose({ queryId, rows, pool }, Math.min(count, rows.length), stream);
    if (chosen.length === count) return { rows: chosen, shortfalls: [] };
    const source = (sources ?? [...new Set(candidates.rows.map((row) => pool.source(row)))].sort()).join("+") || "any";
    return { rows: chosen, shortfalls: [{ queryId, source, wanted: count, got: chosen.length }] };
  };
  return samplerOf({ name, settings, pick, sources });
}

/** Rows of the given sources, one for each document: the first. */
function distinct({ rows, pool }: Candidates, sources: readonly Source[] | undefined): number[] {
  const seen = new Set<number>();
  return rows.filter((row) => {
    if (sources && !sources.includes(pool.source(row))) return false;
    const document = pool.document(row);
    return !seen.has(document) && seen.add(document);
  });
}
