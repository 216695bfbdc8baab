import { FILTER_OPTIONS } from "./filter.ts";
import { checkOptions } from "../../core/options.ts";
import { type Filter, type FilterOptions, rowFilter } from "./filter.ts";
import { absoluteReason, checkMargin } from "../rules/margins.ts";
import { margin } from "./both_scores.ts";

/**
 * Keeps s⁻ < s⁺ - m, where s⁺ is the query's **lowest** positive score (NV-Retriever's TopK-MarginPos, arXiv
 * 2407.15831). `m` is in units of the score.
 *
 * @throws {ArgumentError} when it runs on rows without score or positive_score.
 */
export function absoluteMargin(m: number, options: FilterOptions = {}): Filter {
  checkOptions<FilterOptions>("absoluteMargin", options, FILTER_OPTIONS);
  checkMargin({ absolute: m });
  return rowFilter(
    "absolute-margin",
    options,
    margin,
    (pool, row) => absoluteReason(pool.score(row), pool.positiveScore(row), m),
  );
}
