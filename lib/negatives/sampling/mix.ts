import * as z from "zod";
import { ArgumentError } from "../../core/errors.ts";
import type { OptionShape } from "../../core/parse_options.ts";
import type { Source } from "../../tables/schema.ts";
import { checkSource } from "../rules/check_source.ts";
import type { Candidates, Picked, Sampler } from "../types.ts";
import { SEED } from "./sampler_options.ts";
import { uniform } from "./uniform.ts";

/**
 * Parts by source, such as `{synthetic: 1, bm25: 3}`. Real numbers >= 0.
 *
 * @category Negatives
 */
export type Mix = Partial<Record<Source, number>>;

/**
 * Options of {@link hybrid}.
 *
 * @category Negatives
 */
export interface MixOptions {
  /** Negatives per instance; the mix is then a ratio. Omit to use the mix itself as counts. */
  count?: number;
  /**
   * Seed of the random stream.
   * @default {0}
   */
  seed?: number | string;
  /** How rows are chosen within a source. Omit for `uniform`. */
  within?: Sampler;
}

/** Schema of {@link MixOptions}. */
export const MIX_SHAPE = {
  count: z.int().min(1).optional(),
  seed: SEED.default(0),
  within: z.custom<Sampler>((value) => typeof value === "object" && value !== null && "pick" in value)
    .describe("a sampler").optional(),
} satisfies OptionShape<MixOptions>;

/** A checked mix: expected negatives per instance by source, in the order given. */
export interface Shares {
  readonly sources: readonly Source[];
  readonly expected: readonly number[];
  readonly total: number;
  readonly within: Sampler;
}

/**
 * Checks a mix and scales it to `count`.
 *
 * @throws {ArgumentError} for an unknown source, a part below 0, parts that sum to 0.
 */
export function sharesOf(mix: Mix, { count, seed = 0, within = uniform({ seed }) }: MixOptions): Shares {
  const entries = Object.entries(mix);
  for (const [source, part] of entries) {
    checkSource(source);
    if (!(Number.isFinite(part) && part >= 0)) {
      throw new ArgumentError(`mix.${source} must be a number >= 0, found ${part}`, { field: "mix" });
    }
  }
  const sum = entries.reduce((total, [, part]) => total + part, 0);
  if (sum === 0) throw new ArgumentError("Cannot mix sources: no part is above 0", { field: "mix" });
  const scale = count === undefined ? 1 : count / sum;
  return {
    sources: entries.map(([source]) => source as Source),
    expected: entries.map(([, part]) => part * scale),
    total: count ?? sum,
    within,
  };
}

/** Sources with a part above 0. */
export function usedSources({ sources, expected }: Shares): Source[] {
  return sources.filter((_, i) => expected[i] > 0);
}

/** Takes `counts[i]` rows of `sources[i]`, no document twice. What a source lacks is a shortfall, never filled up. */
export function take(
  { queryId, rows, pool }: Candidates,
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
    const picked = within.pick({ queryId, rows: own, pool, part: source }, epoch, counts[i]);
    for (const row of picked.rows) taken.add(pool.document(row));
    chosen.push(...picked.rows);
    if (picked.rows.length < counts[i]) {
      shortfalls.push({ queryId, source, wanted: counts[i], got: picked.rows.length });
    }
  });
  return { rows: chosen, shortfalls };
}
