import { FILTER_OPTIONS } from "./filter.ts";
import { checkOptions } from "../../core/options.ts";
import { type Filter, type FilterOptions, rowFilter } from "./filter.ts";
import { checkMargin, relativeReason } from "../rules/margins.ts";
import { margin } from "./both_scores.ts";

/**
 * Drops s⁻ > s⁺ - |s⁺|·m, where s⁺ is the query's **lowest** positive score: NV-Retriever's TopK-PercPos with 95 % at
 * m = 0.05 (arXiv 2407.15831), written so that it holds for negative scores, too.
 *
 * @throws {ArgumentError} when it runs on rows without score or positive_score.
 */
export function relativeMargin(m = 0.05, options: FilterOptions = {}): Filter {
  checkOptions<FilterOptions>("relativeMargin", options, FILTER_OPTIONS);
  checkMargin({ relative: m });
  return rowFilter(
    "relative-margin",
    options,
    margin,
    (pool, row) => relativeReason(pool.score(row), pool.positiveScore(row), m),
  );
}
