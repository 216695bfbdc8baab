import { ArgumentError } from "../../core/errors.ts";
import { type Filter, type FilterOptions, rowFilter, shown } from "../filter.ts";
import { margin } from "./margin.ts";

/**
 * Drops s⁻ > s⁺ - |s⁺|·m, where s⁺ is the query's **lowest** positive score: NV-Retriever's TopK-PercPos with 95 % at
 * m = 0.05 (arXiv 2407.15831), written so that it holds for negative scores, too.
 *
 * @throws {ArgumentError} when it runs on rows without score or positive_score.
 */
export function relativeMargin(m = 0.05, options: FilterOptions = {}): Filter {
  if (!(Number.isFinite(m) && m >= 0)) {
    throw new ArgumentError(`Cannot filter by a relative margin of ${m}: wanted a number from 0`);
  }
  return rowFilter("relative-margin", options, margin, (pool, row) => {
    const [score, positive] = [pool.score(row), pool.positiveScore(row)];
    const threshold = positive - Math.abs(positive) * m;
    if (!(score > threshold)) return undefined;
    return `s- ${shown(score)} > ${shown(threshold)} = s+ ${shown(positive)} - |s+|·${m}`;
  });
}
