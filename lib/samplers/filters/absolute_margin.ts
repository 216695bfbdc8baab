import { ArgumentError } from "../../core/errors.ts";
import { type Filter, type FilterOptions, rowFilter, shown } from "../filter.ts";
import { margin } from "./margin.ts";

/**
 * Keeps s⁻ < s⁺ - m, where s⁺ is the query's **lowest** positive score (NV-Retriever's TopK-MarginPos, arXiv
 * 2407.15831). `m` is in units of the score.
 *
 * @throws {ArgumentError} when it runs on rows without score or positive_score.
 */
export function absoluteMargin(m: number, options: FilterOptions = {}): Filter {
  if (!Number.isFinite(m)) throw new ArgumentError(`Cannot filter by a margin of ${m}: wanted a finite number`);
  return rowFilter("absolute-margin", options, margin, (pool, row) => {
    const [score, positive] = [pool.score(row), pool.positiveScore(row)];
    if (score < positive - m) return undefined;
    return `s- ${shown(score)} >= s+ ${shown(positive)} - ${m}`;
  });
}
