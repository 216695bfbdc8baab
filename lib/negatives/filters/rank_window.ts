import * as z from "zod";
import { ArgumentError } from "../../core/errors.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { FILTER_SHAPE, type FilterOptions } from "./filter_options.ts";
import { rowFilter } from "./row_filter.ts";
import type { Filter } from "./types.ts";

/**
 * Options of {@link rankWindow}.
 *
 * @category Negatives
 */
export interface RankWindowOptions extends FilterOptions {
  /**
   * First rank to keep.
   * @default {1}
   */
  from?: number;
  /** Last rank to keep. Omit for no limit. */
  to?: number;
}

const RANK = z.union([z.int().min(1), z.literal(Infinity)]).describe("an integer >= 1");
const OPTIONS = z.strictObject(
  { ...FILTER_SHAPE, from: RANK.default(1), to: RANK.optional() } satisfies OptionShape<RankWindowOptions>,
);

/**
 * Keeps ranks from `from` to `to`, both included.
 *
 * @throws {ArgumentError} for an empty window, or when it runs on rows without a rank.
 *
 * @example
 * ```ts
 * import { filters } from "@syneg/kit/negatives";
 * console.log(filters.rankWindow({ from: 4, to: 50 }).name); // rank-window
 * ```
 * @category Negatives
 */
export function rankWindow(options: RankWindowOptions): Filter {
  const parsed = parseOptions("rankWindow", OPTIONS, options);
  const { from, to = Infinity } = parsed;
  if (from > to) throw new ArgumentError(`Cannot keep ranks from ${from} to ${to}: the window is empty`);
  return rowFilter({
    name: "rank-window",
    options: parsed,
    needs: { what: "rank", read: (pool, row) => pool.rank(row) },
    reason(pool, row) {
      const rank = pool.rank(row);
      return rank >= from && rank <= to ? undefined : `rank-window: rank ${rank} outside ${from} to ${to}`;
    },
  });
}

/** {@link rankWindow} as an entry of the registry. */
export const RANK_WINDOW = {
  name: "rank-window",
  about: "keep a range of ranks (RocketQA leaves out the first)",
  options: OPTIONS,
  make: rankWindow,
} as const;
