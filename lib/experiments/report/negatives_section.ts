import { count } from "../../core/format_numbers.ts";
import type { Audit } from "../../negatives/mod.ts";
import { sourcesOf } from "../candidates.ts";
import type { ExperimentConfig } from "../types.ts";
import { html, type Markup, table } from "./html.ts";

/** The part of the audit that the report shows. */
export type Findings = Pick<Audit, "falseNegatives">;

/** The candidates that arms draw from. If no arm draws any, the run's candidates are placeholders. */
export function negativesSection(config: ExperimentConfig, audit: Findings, figures: readonly Markup[]): Markup {
  if (sourcesOf(config).length === 0) return html``;
  return html`<h2>Negatives</h2>${figures}${falseNegatives(audit)}`;
}

function falseNegatives({ falseNegatives }: Findings): Markup {
  if (!falseNegatives || falseNegatives.length === 0) return html``;
  const share = (part: number, whole: number) => whole > 0 ? `${(100 * part / whole).toFixed(2)} %` : "";
  const rows = falseNegatives.map(({ source, kept, judged, relevant, full }) => [
    source,
    count(kept),
    count(judged),
    count(relevant),
    share(relevant, judged),
    count(full),
    share(full, judged),
  ]);
  const head = ["source", "candidates kept", "judged", "relevant", "share", "fully relevant", "share"];
  return html`
    <h3>False negatives</h3>${table(head, rows)}<p
      class="soft">Counted with the collection's complete judgments: grade 1 answers the query in part, grade 2 fully.</p>
  `;
}
