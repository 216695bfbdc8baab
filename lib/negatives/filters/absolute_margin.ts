import * as z from "zod";
import { parseOptions } from "../../core/parse_options.ts";
import { absoluteReason, checkMargin } from "../rules/margins.ts";
import { bothScores } from "./both_scores.ts";
import { FILTER_SHAPE, type FilterOptions } from "./filter_options.ts";
import { rowFilter } from "./row_filter.ts";
import type { Filter } from "./types.ts";

const OPTIONS = z.strictObject(FILTER_SHAPE);

/**
 * Keeps s⁻ < s⁺ - margin, where s⁺ is the query's **lowest** positive score (NV-Retriever's TopK-MarginPos, arXiv
 * 2407.15831).
 *
 * @param margin In units of the score.
 * @throws {ArgumentError} when it runs on rows without score or positive_score.
 *
 * @example
 * ```ts
 * import { filters } from "@syneg/kit/negatives";
 * console.log(filters.absoluteMargin(0.1, { sources: ["dense"] }).name); // absolute-margin
 * ```
 * @category Negatives
 */
export function absoluteMargin(margin: number, options: FilterOptions = {}): Filter {
  const parsed = parseOptions("absoluteMargin", OPTIONS, options);
  checkMargin({ absolute: margin });
  return rowFilter({
    name: "absolute-margin",
    options: parsed,
    needs: bothScores,
    reason: (pool, row) => absoluteReason(pool.score(row), pool.positiveScore(row), margin),
  });
}

/** {@link absoluteMargin} as an entry of the registry. */
export const ABSOLUTE_MARGIN = {
  name: "absolute-margin",
  about: "keep s- < s+ - margin (NV-Retriever, arXiv 2407.15831)",
  options: z.strictObject({ ...FILTER_SHAPE, margin: z.number() }),
  make: ({ margin, ...options }: FilterOptions & { margin: number }): Filter => absoluteMargin(margin, options),
} as const;
