import type { OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import type { Source } from "../../tables/schema.ts";
import { checkCount, checkSource } from "./sampler.ts";
import type { Candidates, Picked, Sampler } from "../types.ts";
import { uniform } from "./uniform.ts";

/** Parts by source: `{synthetic: 1, bm25: 3}`. Real-valued, none below 0. */
export type Mix = Partial<Record<Source, number>>;

/** Options of `hybrid` and `direct`. */
export interface MixOptions {
  /** Negatives per instance; the mix is then a ratio. @default the sum of the mix */
  count?: number;
  /** @default 0 */
  seed?: number | string;
  /** How rows are chosen within a source. @default uniform */
  within?: Sampler;
}

/** Kinds of {@link MixOptions}. */
export const MIX_OPTIONS: OptionKinds<MixOptions> = { count: "number", seed: "string|number", within: "object" };

/** A checked mix: expected negatives per instance by source, in the order given. */
export interface Shares {
  readonly sources: readonly Source[];
  readonly expected: readonly number[];
  readonly total: number;
  readonly within: Sampler;
}

/** Checks a mix and scales it to `count`. @throws {ArgumentError} for an unknown source, a part below 0, a sum of 0. */
export function sharesOf(mix: Mix, { count, seed = 0, within = uniform({ seed }) }: MixOptions): Shares {
  const entries = Object.entries(mix);
  for (const [source, part] of entries) {
    checkSource(source);
    if (!(Number.isFinite(part) && part >= 0)) {
      throw new ArgumentError(`Cannot mix ${part} parts of ${source}: wanted a finite number from 0`);
    }
  }
  const sum = entries.reduce((total, [, part]) => total + part, 0);
  if (sum === 0) throw new ArgumentError("Cannot mix sources: no part is above 0");
  if (count !== undefined) checkCount(count);
  const scale = count === undefined ? 1 : count / sum;
  return {
    sources: entries.map(([source]) => source as Source),
    expected: entries.map(([, part]) => part * scale),
    total: count ?? sum,
    within,
  };
}

/** Sources with a part above 0. */
export function used({ sources, expected }: Shares): Source[] {
  return sources.filter((_, i) => expected[i] > 0);
}

/** Takes `counts[i]` rows of `sources[i]`, no document twice; what a source lacks is reported, never filled from another. */
export function take(
  { queryId: query_id, rows, pool }: Candidates,
  epoch: number,
  { sources, within }: Pick<Shares, "sources" | "within">,
  counts: readonly number[],
): Picked {
  const taken = new Set<number>();
  const chosen: number[] = [];
  const shortfalls: Picked["shortfalls"][number][] = [];
  sources.forEach((source, i) => {
    if (counts[i] === 0) return;
    const own = rows.filter((row) => pool.source(row) === source && !taken.has(pool.document(row)));
    const picked = within.pick({ queryId: query_id, rows: own, pool, part: source }, epoch, counts[i]);
    for (const row of picked.rows) taken.add(pool.document(row));
    chosen.push(...picked.rows);
    if (picked.rows.length < counts[i]) {
      shortfalls.push({ queryId: query_id, source, wanted: counts[i], got: picked.rows.length });
    }
  });
  return { rows: chosen, shortfalls };
}
