import * as z from "zod";
import { parseOptions } from "../../core/parse_options.ts";
import { checkMargin, relativeReason } from "../rules/margins.ts";
import { bothScores } from "./both_scores.ts";
import { FILTER_SHAPE, type FilterOptions } from "./filter_options.ts";
import { rowFilter } from "./row_filter.ts";
import type { Filter } from "./types.ts";

const OPTIONS = z.strictObject(FILTER_SHAPE);

/**
 * Drops s⁻ > s⁺ - |s⁺|·margin, where s⁺ is the query's **lowest** positive score: NV-Retriever's TopK-PercPos with 95 %
 * at 0.05 (arXiv 2407.15831), in a form that holds for negative scores as well.
 *
 * @param margin Share of the positive's score. `@default {0.05}`
 * @throws {ArgumentError} when it runs on rows without score or positive_score.
 *
 * @example
 * ```ts
 * import { filters } from "@syneg/kit/negatives";
 * console.log(filters.relativeMargin(0.05).name); // relative-margin
 * ```
 * @category Negatives
 */
export function relativeMargin(margin = 0.05, options: FilterOptions = {}): Filter {
  const parsed = parseOptions("relativeMargin", OPTIONS, options);
  checkMargin({ relative: margin });
  return rowFilter({
    name: "relative-margin",
    options: parsed,
    needs: bothScores,
    reason: (pool, row) => relativeReason(pool.score(row), pool.positiveScore(row), margin),
  });
}

/** {@link relativeMargin} as an entry of the registry. */
export const RELATIVE_MARGIN = {
  name: "relative-margin",
  about: "drop s- > s+ - |s+|·margin (NV-Retriever, arXiv 2407.15831)",
  options: z.strictObject({ ...FILTER_SHAPE, margin: z.number().min(0).default(0.05) }),
  make: ({ margin, ...options }: FilterOptions & { margin: number }): Filter => relativeMargin(margin, options),
} as const;
