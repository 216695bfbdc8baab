import { signed } from "../../core/format_numbers.ts";
import type { ArmBias } from "./bias_summary.ts";
import { html, type Markup, table } from "./html.ts";
import { pValue } from "./p_value.ts";

/** Whether training on written negatives taught that written text is irrelevant; nothing without twins. */
export function biasSection(arms: readonly ArmBias[], alpha: number): Markup {
  if (arms.length === 0) return html``;
  const rows = arms.map(({ arm, below, difference, interval, p }) => [
    arm,
    `${(100 * below).toFixed(1)} %`,
    difference === undefined ? "" : signed(100 * difference, 1),
    interval === undefined ? "" : `[${interval.map((end) => signed(100 * end, 1)).join(", ")}]`,
    p === undefined ? "" : pValue(p).replace(/^p (= )?/, ""),
  ]);
  return html`<h2>Source bias</h2><p>Does an encoder now rank written text lower than other text of the same relevance? Twins
    are a written passage and a passage of the corpus that were equally near to a test query before training, neither known
    to be relevant. Half of the written ones should rank below.</p>${
    table(["arm", "written ranks below", "points over untrained", "interval", "p (Holm)"], rows)
  }<p>${sentence(arms, alpha)}</p>`;
}

function sentence(arms: readonly ArmBias[], alpha: number): string {
  const tested = arms.filter((arm): arm is ArmBias & { p: number; difference: number } => arm.p !== undefined);
  const biased = tested.filter(({ p, difference }) => p < alpha && difference > 0).map(({ arm }) => `"${arm}"`);
  if (biased.length === 0) return "No arm ranks written text significantly lower than the untrained encoder does.";
  return `Ranks written text lower than before: ${biased.join(", ")}.`;
}
