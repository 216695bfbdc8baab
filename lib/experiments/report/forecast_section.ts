import { count, signed } from "../../core/format_numbers.ts";
import type { SourceForecast } from "../forecast.ts";
import type { ForecastSummary } from "./forecast_summary.ts";
import { html, type Markup, table } from "./html.ts";

/** What could be told of the sources before training, and how it came. */
export function forecastSection(
  forecast: readonly SourceForecast[],
  summary: ForecastSummary | undefined,
  figures: readonly Markup[],
): Markup {
  if (forecast.length === 0) return html``;
  const shown = (value: number | null, digits = 3) => value === null ? "" : value.toFixed(digits);
  const rows = forecast.toSorted((a, b) => b.information - a.information).map((each) => [
    each.source,
    count(each.kept),
    each.falseNegativeRate === null ? "unknown" : `${(100 * each.falseNegativeRate).toFixed(2)} %`,
    shown(each.shortcut),
    shown(each.hardness),
    shown(each.consistency),
    shown(each.locality),
    shown(each.residual),
    shown(each.information, 2),
    each.cost === null ? "" : `$${each.cost.toFixed(2)}`,
  ]);
  const head = [
    ...["source", "candidates kept", "false negatives", "shortcut AUC", "hardness"],
    ...["consistency", "locality", "lexical residual", "information", "cost"],
  ];
  return html`<h2>Forecast</h2><p>Told before training, from the candidates and the untrained encoder. Information, in nats, is
    the forecast: the more, the more a source should teach. A shortcut AUC near 1 warns that written negatives can be told
    by their style alone.</p>${table(head, rows)}${figures}<p>${sentence(summary)}</p>`;
}

function sentence(summary: ForecastSummary | undefined): string {
  if (!summary) return "No arm draws negatives whose information is known.";
  const { arms, over, correlation, interval } = summary;
  if (correlation === null || interval === null) {
    return `With ${
      arms.length === 1 ? "one arm" : `${arms.length} arms`
    } no rank correlation of forecast and gain is computed.`;
  }
  const range = interval.map((end) => signed(end, 2)).join(", ");
  return `Rank correlation (Spearman) of forecast and gain over "${over}": ${signed(correlation, 2)} [${range}] over ` +
    `${arms.length} arms, interval by bootstrap over queries. With so few arms it is an indication, not a proof.`;
}
