import { join } from "node:path";
import type { Audit } from "../negatives/mod.ts";
import { duration, writeAtomic } from "../core/mod.ts";
import { readBasis } from "./basis.ts";
import { basisSection } from "./report/basis_section.ts";
import { sourcesOf } from "./candidates.ts";
import { finding, pValue, signed } from "./report/finding.ts";
import { type Figure, figuresOf, saveFigures } from "./report/figures.ts";
import { html, Markup, STYLE, table } from "./report/html.ts";
import { collectionOf } from "./prepare.ts";
import { type RunFolder, shownPath } from "./run_folder.ts";
import { lockedRun } from "./run_lock.ts";
import { readResults, type RunSummary, summarizeRun } from "./report/summary.ts";
import type { ExperimentConfig } from "./types.ts";

/** What `prepare` found out about the candidates. */
type Findings = Pick<Audit, "falseNegatives">;

/**
 * Summarises a finished run: summary.json, figures, and report.html in one file that opens from disk without a network.
 * Everything in it is computed from the run folder.
 */
export async function writeReport(run: RunFolder): Promise<RunSummary> {
  return await lockedRun(run, "write the report", () => writeRunReport(run));
}

/** {@link writeReport} for one that holds the run's lock. */
export async function writeRunReport(run: RunFolder): Promise<RunSummary> {
  const { config } = run.manifest;
  const results = await readResults(run);
  const cuts = (await readBasis(run))?.cuts;
  const summary = { ...summarizeRun(run, results, await collectionOf(config)), ...cuts ? { cuts } : {} };
  const overwrite = { overwrite: true };
  await writeAtomic(join(run.path, "summary.json"), `${JSON.stringify(summary, null, 2)}\n`, overwrite);
  const figures = await figuresOf(run, summary);
  await saveFigures(run, figures);
  const audit: Findings = JSON.parse(await Deno.readTextFile(join(run.path, "audit.json")));
  const page = await reportPage(run, summary, figures, audit);
  await writeAtomic(join(run.path, "report.html"), page, overwrite);
  return summary;
}

/** The report as one HTML page. */
async function reportPage(run: RunFolder, summary: RunSummary, figures: Figure[], audit: Findings): Promise<string> {
  const { config } = run.manifest;
  const drawings = new Map<string, Markup>();
  for (const figure of figures) drawings.set(figure.name, await drawing(figure));
  const figure = (name: string) => drawings.get(name) ?? html``;
  const basis = await readBasis(run);
  const words = finding(summary, 1 - config.statistics.confidence, config.statistics.margin);
  const title = `${config.name}: which negatives help on ${config.collection}?`;
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
    <p class="soft">${summary.queries} queries of the ${config.splits.test} split, ${config
        .seeds === 1
      ? "1 seed"
      : `${config.seeds} seeds`}, encoder ${config.encoder}; ${run.manifest.created.slice(0, 16).replace(
        "T",
        " ",
      )} UTC</p>
    <section class="finding"><h2 style="margin-top:0">Finding</h2>${words.map((sentence) =>
      html`<p>${sentence}</p>`
    )}</section>
    <h2>Arms</h2>
    ${figure("differences")}
    ${figure("arms")}
    ${armTable(summary)}
    <p>${fairness(run, summary)}</p>
    ${comparisonTable(
      summary,
      "baseline",
      `Against the baseline "${summary.baseline}"`,
      config.statistics.margin,
    )}
    ${comparisonTable(summary, "best", `Against the best arm "${summary.best}"`, config.statistics.margin)}
    <p class="soft">Differences are over the same queries: two-sided paired randomisation test with ${config.statistics
      .rounds.toLocaleString(
        "en",
      )} rounds, adjusted by Holm over all arms against the baseline, and over all pairs of arms against the best, which is known only from the same numbers; intervals by bootstrap over queries${config
        .seeds === 1
      ? ""
      : " with the seeds' noise added"}; TOST: equality within ±${config
      .statistics
      .margin}; "detectable" is the smallest difference that such a test, so adjusted, finds with a power of 0.8.</p>
    ${figure("sweep")}
    ${groupTables(summary)}
    ${drawings.has("training-curves") ? html`<h2>Training</h2>${figure("training-curves")}` : ""}
    ${// Where no arm draws any, the run's candidates only stand in.
    sourcesOf(config).length === 0
      ? ""
      : html`<h2>Negatives</h2>${["negative-similarity", "hardness", "waterfall", "source-overlap"].map(figure)}${
        auditTable(audit)
      }`}
    ${basisSection(basis, config)}
    <h2>Cost</h2>
    ${table(
      ["arm", "steps", "seconds a cell", "cells"],
      summary.arms.map((a) => [a.arm, a.steps, a.seconds.toFixed(1), a.seeds]),
    )}
    <p>All cells together: ${duration(
      summary.arms.reduce((sum, a) => sum + a.seconds * a.seeds, 0),
    )} of one process. ${writtenBy(config)}</p>
    <h2>How to repeat it</h2>
    <pre>deno task experiment reproduce ${shownPath(run.path)}</pre>
    <p>compares the digests of inputs, rankings, scores and training events. The run folder holds the tables behind every number here.</p>
    <details><summary>Configuration</summary><pre>${JSON.stringify(config, null, 2)}</pre></details>
    <details><summary>Versions</summary><pre>${JSON.stringify(run.manifest.environment, null, 2)}</pre></details>
      </body>
    </html>
  `.text;
}

/** CSS pixels of the charts: as wide as the text, and for a phone; labels are about as large as in the tables. */
const WIDE = { width: 800, fontSize: 13 };
const NARROW = { width: 358, fontSize: 11.5 };

/** A chart as wide as the text, and one for a narrow screen; both follow the page's light or dark theme. */
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

/** Where the written negatives of the arms come from. */
function writtenBy(config: ExperimentConfig): string {
  const sources = sourcesOf(config);
  const replies = config.replies === "recorded" ? "the replies recorded with the collection" : config.replies;
  return [
    ...sources.includes("synthetic")
      ? [`Synthetic negatives come from ${replies}: no request was sent and nothing was paid.`]
      : [],
    ...sources.includes("edit") ? ["Edits were made by rule, without a model."] : [],
  ].join(" ");
}

function armTable({ measure, arms }: RunSummary): Markup {
  const others = Object.keys(arms[0].measures);
  return table(
    ["arm", measure, "interval", ...others, "negatives drawn per query"],
    arms.map((a) => [
      a.arm,
      a.mean.toFixed(4),
      `[${a.interval.map((end) => end.toFixed(3)).join(", ")}]`,
      ...others.map((m) => a.measures[m].toFixed(4)),
      Object.entries(a.drawn).map(([source, n]) => `${n.toFixed(2)} ${source}`).join(" + ") || "none",
    ]),
  );
}

/** Says whether the arms are comparable: equal steps, equal numbers of negatives, and where not, which differ. */
function fairness(run: RunFolder, { arms }: RunSummary): string {
  const trained = arms.filter(({ steps }) => steps > 0);
  if (trained.length === 0) return "No arm was fine-tuned.";
  const total = (a: typeof trained[number]) => Object.values(a.drawn).reduce((sum, n) => sum + n, 0).toFixed(2);
  const steps = new Set(trained.map((a) => a.steps));
  const counts = new Set(trained.map(total));
  const short = trained.filter((a) => Object.keys(a.short).length > 0);
  const arm = (name: string) => run.manifest.config.arms.find((arm) => arm.name === name)!;
  const late = trained.filter((a) => (arm(a.arm).negatives?.refresh ?? 0) >= a.steps);
  const special = run.manifest.config.arms.filter(({ train }) => train && Object.keys(train).length > 0);
  return [
    steps.size === 1
      ? `All fine-tuned arms take ${[...steps][0]} steps.`
      : `Steps differ: ${trained.map((a) => `${a.arm} ${a.steps}`).join(", ")}.`,
    counts.size === 1
      ? `All draw ${[...counts][0]} negatives per query on average.`
      : `Negatives per query differ: ${trained.map((a) => `${a.arm} ${total(a)}`).join(", ")}.`,
    ...short.map((a) =>
      `${a.arm} fell short for ${Object.entries(a.short).map(([source, n]) => `${n} queries (${source})`).join(", ")}.`
    ),
    ...late.map((a) =>
      `${a.arm} was never mined anew: training ends at step ${a.steps}, ` +
      `before the first refresh after step ${arm(a.arm).negatives!.refresh}.`
    ),
    ...special.map((a) => `${a.name} trains with ${JSON.stringify(a.train)}.`),
  ].join(" ");
}

function comparisonTable(
  { arms, queries }: RunSummary,
  key: "baseline" | "best",
  title: string,
  margin: number,
): Markup {
  const rows = arms.filter((arm) => arm[key]).map((arm) => {
    const t = arm[key]!;
    return [
      arm.arm,
      signed(t.difference, 4),
      `[${t.interval.map((end) => signed(end)).join(", ")}]`,
      pValue(t.adjusted).replace(/^p (= )?/, ""),
      t.equivalence === undefined ? "" : pValue(t.equivalence.p).replace(/^p (= )?/, ""),
      t.detectable.toFixed(3),
      `${t.wins}/${t.ties}/${t.losses}`,
    ];
  });
  if (rows.length === 0) return html``;
  return html`<h3>${title}</h3>${
    table(
      [
        "arm",
        "difference",
        "interval",
        "p (Holm)",
        `p (TOST ±${margin})`,
        "detectable",
        `win/tie/loss of ${queries}`,
      ],
      rows,
    )
  }`;
}

function groupTables({ groups, arms, measure }: RunSummary): Markup {
  if (groups.length === 0) return html``;
  return html`<h2>By kind of query</h2><p class="soft">Mean ${measure} by field of the queries' metadata.</p>${
    table(
      ["queries", "count", ...arms.map(({ arm }) => arm)],
      groups.map(({ field, value, queries, means }) => [
        `${field}: ${value}`,
        queries,
        ...arms.map(({ arm }) => means[arm].toFixed(3)),
      ]),
    )
  }`;
}

function auditTable({ falseNegatives }: Findings): Markup {
  if (!falseNegatives || falseNegatives.length === 0) return html``;
  const share = (count: number, of: number) => of > 0 ? `${(100 * count / of).toFixed(2)} %` : "";
  return html`
    <h3>False negatives</h3>${table(
      ["source", "candidates kept", "judged", "relevant", "share", "fully relevant", "share"],
      falseNegatives.map(({ source, kept, judged, relevant, full }) => [
        source,
        kept.toLocaleString("en"),
        judged.toLocaleString("en"),
        relevant.toLocaleString("en"),
        share(relevant, judged),
        full.toLocaleString("en"),
        share(full, judged),
      ]),
    )}<p
      class="soft">Counted with the collection's complete judgements: grade 1 answers the query in part, 2 fully.</p>
  `;
}
