import { checkOptions } from "../../core/options.ts";
import { signed } from "../../core/format_numbers.ts";
import { pValue } from "./p_value.ts";
import type { RunSummary } from "./summary.ts";

/**
 * The answer of a run in one word and one line: whether the best arm besides the baseline differs from it.
 *
 * @category Experiments
 */
export interface Verdict {
  /**
   * `better` or `worse`: a significant difference after Holm's adjustment. `equal`: within the margin, by TOST.
   * `undecided`: neither.
   */
  readonly word: "better" | "equal" | "worse" | "undecided";
  /** The arm with the greatest mean besides the baseline. */
  readonly arm: string;
  /** The arm that it is compared with. */
  readonly baseline: string;
  /** Mean paired difference in the main measure. */
  readonly difference: number;
  /** Its interval. */
  readonly interval: readonly [number, number];
  /** p after Holm's adjustment. */
  readonly p: number;
  /** The line that commands end with: `VERDICT better: "dense" over "none" by +0.011 [+0.004, +0.017] nDCG@10 …`. */
  readonly line: string;
}

/**
 * The verdict of a run; undefined if it has only one arm.
 *
 * @category Experiments
 *
 * @example
 * ```ts ignore
 * import { openRun, verdict, writeReport } from "../mod.ts";
 * const summary = await writeReport(await openRun("data/runs/facets-20261121-120000"));
 * console.log(verdict(summary, { alpha: 0.05 })?.line);
 * ```
 */
export function verdict(summary: RunSummary, options: { alpha: number }): Verdict | undefined {
  checkOptions("verdict", options, { alpha: "number" });
  const { alpha } = options;
  const { arms, baseline, measure } = summary;
  const others = arms.filter((arm) => arm.baseline !== undefined);
  if (others.length === 0) return undefined;
  const { arm, baseline: test } = others.reduce((best, arm) => arm.mean > best.mean ? arm : best);
  const { difference, interval, adjusted: p, equivalence } = test!;
  const word = p < alpha ? difference > 0 ? "better" : "worse" : equivalence?.equivalent ? "equal" : "undecided";
  const between = { better: "over", worse: "under", equal: "and", undecided: "and" }[word];
  const range = `${signed(difference)} [${interval.map((end) => signed(end)).join(", ")}] ${measure}`;
  const margin = word === "equal" ? `, within ±${equivalence!.margin} (TOST p ${tost(equivalence!.p)})` : "";
  const line = `VERDICT ${word}: "${arm}" ${between} "${baseline}", ${range}, ${pValue(p)} after Holm${margin}`;
  return { word, arm, baseline, difference, interval: [interval[0], interval[1]], p, line };
}

function tost(p: number): string {
  return pValue(p).replace(/^p (= )?/, "");
}
