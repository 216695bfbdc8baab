import * as z from "zod";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { checkScoreRange, type ScoreRange, scoreReason } from "../rules/score_range.ts";
import { FILTER_SHAPE, type FilterOptions } from "./filter_options.ts";
import { rowFilter } from "./row_filter.ts";
import type { Filter } from "./types.ts";

/**
 * Options of {@link scoreWindow}.
 *
 * @category Negatives
 */
export interface ScoreWindowOptions extends FilterOptions, ScoreRange {}

const BOUND = z.union([z.number(), z.literal([-Infinity, Infinity])]).describe("a number");
const OPTIONS = z.strictObject(
  { ...FILTER_SHAPE, min: BOUND.optional(), max: BOUND.optional() } satisfies OptionShape<ScoreWindowOptions>,
);

/**
 * Keeps min <= s⁻ <= max.
 *
 * @throws {ArgumentError} for an empty window, or when it runs on rows without a score.
 *
 * @example
 * ```ts
 * import { filters } from "@syneg/kit/negatives";
 * console.log(filters.scoreWindow({ max: 0.9 }).name); // score-window
 * ```
 * @category Negatives
 */
export function scoreWindow(options: ScoreWindowOptions): Filter {
  const parsed = parseOptions("scoreWindow", OPTIONS, options);
  const { min, max } = parsed;
  checkScoreRange({ min, max });
  return rowFilter({
    name: "score-window",
    options: parsed,
    needs: { what: "score", read: (pool, row) => pool.score(row) },
    reason: (pool, row) => scoreReason(pool.score(row), { min, max }),
  });
}

/** {@link scoreWindow} as an entry of the registry. */
export const SCORE_WINDOW = {
  name: "score-window",
  about: "keep a range of scores",
  options: OPTIONS,
  make: scoreWindow,
} as const;
