import { count, signed } from "../../core/format_numbers.ts";
import { html, type Markup, table } from "./html.ts";
import { pValue } from "./p_value.ts";
import type { TransferSummary } from "./transfer_summary.ts";

/** How the arms do on other collections; nothing if there are none. */
export function transferSection(
  transfers: readonly TransferSummary[],
  { measure, baseline }: { measure: string; baseline: string },
  figures: readonly Markup[],
): Markup {
  if (transfers.length === 0) return html``;
  const rows = transfers.flatMap(({ label, queries, arms }) =>
    arms.map(({ arm, mean, baseline: test }) => [
      `${label}, ${count(queries)} queries`,
      arm,
      mean.toFixed(4),
      test ? signed(test.difference, 4) : "",
      test ? `[${test.interval.map((end) => signed(end)).join(", ")}]` : "",
      test ? pValue(test.adjusted).replace(/^p (= )?/, "") : "",
    ])
  );
  return html`
    <h2>Transfer</h2><p>Every arm, trained as above, on collections that it was not trained for.</p>${figures}${table([
      "collection",
      "arm",
      measure,
      `over ${baseline}`,
      "interval",
      "p (Holm)",
    ], rows)}<p
      class="soft">p: paired randomization tests, adjusted by Holm over all collections and arms of this table.</p>
  `;
}
