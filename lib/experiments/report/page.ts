import { counted } from "../../core/format_numbers.ts";
import type { Basis } from "../basis.ts";
import type { CellReport } from "../cell_report.ts";
import { type RunFolder, shownPath } from "../run_folder.ts";
import { armsSection, groupsSection } from "./arms_section.ts";
import { basisSection } from "./basis_section.ts";
import { biasSection } from "./bias_section.ts";
import { costSection } from "./cost_section.ts";
import type { SourceForecast } from "../forecast.ts";
import type { Figure } from "./figures.ts";
import { encodersSection } from "./encoders_section.ts";
import { finding } from "./finding.ts";
import { forecastSection } from "./forecast_section.ts";
import { geometrySection } from "./geometry_section.ts";
import { html, Markup, STYLE } from "./html.ts";
import { type Findings, negativesSection } from "./negatives_section.ts";
import type { RunSummary } from "./summary.ts";
import { transferSection } from "./transfer_section.ts";
import { verdict } from "./verdict.ts";

/** What a report is made of. */
export interface ReportParts {
  readonly summary: RunSummary;
  readonly figures: readonly Figure[];
  readonly audit: Findings;
  readonly basis: Basis | undefined;
  /** What could be told of the sources before training. */
  readonly forecast: readonly SourceForecast[];
  /** Reports of all cells. */
  readonly cells: readonly CellReport[];
  /** Reports of the cells whose encoder is kept. */
  readonly encoders: readonly CellReport[];
}

/** The report as one HTML page. */
export async function reportPage(
  run: RunFolder,
  { summary, figures, audit, basis, forecast, cells, encoders }: ReportParts,
): Promise<string> {
  const { config } = run.manifest;
  const drawings = new Map<string, Markup>();
  for (const figure of figures) drawings.set(figure.name, await drawing(figure));
  const drawn = (...names: string[]) => names.flatMap((name) => drawings.get(name) ?? []);
  const title = `${config.name}: which negatives help on ${config.collection}?`;
  const curves = drawn("training-curves", "gradient-norms");
  const negatives = drawn("negative-similarity", "hardness", "waterfall", "source-overlap");
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title}</title>
        <style>${new Markup(STYLE)}</style>
      </head>
      <body>
    <h1>${title}</h1>
    <p class="soft">${subtitle(run, summary)}</p>
    ${findingBox(run, summary)}
    ${armsSection(summary, config, drawn("differences", "arms"))}
    ${drawn("sweep")}
    ${groupsSection(summary)}
    ${transferSection(summary.transfers ?? [], summary, drawn("transfer"))}
    ${curves.length > 0 ? html`<h2>Training</h2>${curves}` : ""}
    ${negativesSection(config, audit, negatives)}
    ${forecastSection(forecast, summary.forecast, drawn("forecast"))}
    ${basisSection(basis, config)}
    ${geometrySection(cells)}
    ${biasSection(summary.bias ?? [], 1 - config.statistics.confidence)}
    ${encodersSection(run, encoders)}
    ${costSection(summary, config)}
    ${reproduction(run)}
      </body>
    </html>
  `.text;
}

function subtitle({ manifest: { config, created } }: RunFolder, { queries }: RunSummary): string {
  const time = created.slice(0, 16).replace("T", " ");
  return `${counted(queries, "query", "queries")} of the ${config.splits.test} split, ${
    counted(config.seeds, "seed")
  }, ` +
    `encoder ${config.encoder}; ${time} UTC`;
}

function findingBox({ manifest: { config } }: RunFolder, summary: RunSummary): Markup {
  const { confidence, margin } = config.statistics;
  const alpha = 1 - confidence;
  const sentences = [verdict(summary, { alpha })?.line ?? [], finding(summary, { alpha, margin })].flat();
  return html`<section class="finding"><h2>Finding</h2>${sentences.map((text) => html`<p>${text}</p>`)}</section>`;
}

function reproduction({ path, manifest: { config, environment } }: RunFolder): Markup {
  return html`
    <h2>Read</h2>
    <pre>deno task browse ${shownPath(path)}</pre>
    <p>This command writes two pages beside this one: the negatives, to sort, filter and review, and the 20 queries that gained and lost most, with their rankings before and after.</p>
    <h2>Reproduce</h2>
    <pre>deno task experiment reproduce ${shownPath(path)}</pre>
    <p>This command runs the experiment again and compares the digests of inputs, rankings, scores and training events. The run folder holds the tables behind every number here.</p>
    <details>
      <summary>Configuration</summary>
      <pre>${JSON.stringify(config, null, 2)}</pre>
    </details>
    <details>
      <summary>Versions</summary>
      <pre>${JSON.stringify(environment, null, 2)}</pre>
    </details>
  `;
}

/** Sizes of the charts in CSS pixels, for a screen as wide as the text and for a phone, with labels as in the tables. */
const WIDE = { width: 800, fontSize: 13 };
const NARROW = { width: 358, fontSize: 11.5 };

/** A chart for a wide and one for a narrow screen; both follow the page's light or dark theme. */
async function drawing({ title, caption, chart }: Figure): Promise<Markup> {
  const inline = async (kind: string, size: { width: number; fontSize: number }) => {
    const svg = await chart.svg({ ...size, theme: "page" });
    return html`<div class="${kind}">${new Markup(svg.slice(svg.indexOf("<svg")))}</div>`;
  };
  const words = [caption, chart.caption].filter(Boolean).join(" ");
  return html`<figure aria-label="${title}">${await inline("wide", WIDE)}${await inline(
    "narrow",
    NARROW,
  )}<figcaption>${words}</figcaption></figure>`;
}
