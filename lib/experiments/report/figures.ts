import { join } from "node:path";
import { counted } from "../../core/format_numbers.ts";
import { readTable } from "../../files/mod.ts";
import * as plots from "../../plots/mod.ts";
import { NEGATIVES, SIMILARITIES, type Source } from "../../tables/mod.ts";
import type { RunFolder } from "../run_folder.ts";
import type { ExperimentConfig } from "../types.ts";
import { curvesByArm, normsByArm } from "./curves_by_arm.ts";
import type { RunSummary } from "./summary.ts";

/** A chart of the report with its texts. */
export interface Figure {
  /** Name of its files. */
  name: string;
  title: string;
  caption: string;
  chart: plots.Chart;
}

/** The charts of a finished run, in the report's order. */
export async function figuresOf(run: RunFolder, summary: RunSummary): Promise<Figure[]> {
  const { config } = run.manifest;
  return [
    ...summary.arms.length > 1 ? [differences(summary, config)] : [],
    arms(summary, config),
    ...config.sweep ? [sweep(summary, config, config.sweep)] : [],
    ...transfer(summary, config),
    ...await curves(run, summary),
    ...await negatives(run),
    ...forecast(summary),
  ];
}

/** Saves every figure as SVG, PNG and PDF at column width. */
export async function saveFigures(run: RunFolder, figures: readonly Figure[]): Promise<void> {
  for (const { name, chart } of figures) {
    for (const ending of ["svg", "png", "pdf"]) {
      await chart.save(join(run.path, "figures", `${name}.${ending}`), { width: "column", overwrite: true });
    }
  }
}

function intervalName({ statistics: { confidence } }: ExperimentConfig): string {
  return `${Number((100 * confidence).toFixed(2))} % interval`;
}

/** The intervals as captions describe them. */
function intervals(config: ExperimentConfig): string {
  // No line break before the percent sign.
  return `${intervalName(config).replace(" %", "\u00a0%")}s (bootstrap over queries${
    config.seeds === 1 ? "" : ", with the seeds' noise"
  })`;
}

function differences(summary: RunSummary, config: ExperimentConfig): Figure {
  const { measure, baseline } = summary;
  const sources = singleSources(summary);
  const queries = counted(summary.queries, "query", "queries");
  return {
    name: "differences",
    title: `Differences to ${baseline}`,
    caption: `Difference in ${measure} to the baseline "${baseline}" over the same ${queries} of the ` +
      `${config.splits.test} split, with ${intervals(config)}. p: paired randomization test, adjusted by Holm. ` +
      `Shaded: the equivalence margin of ±${config.statistics.margin}.`,
    chart: plots.forest(summary.arms.map((arm) => ({ ...arm, source: sources[arm.arm] })), {
      measure,
      baseline,
      interval: intervalName(config),
    }),
  };
}

function arms({ arms, measure, baseline }: RunSummary, config: ExperimentConfig): Figure {
  const rows = arms.map(({ arm, mean, interval: [low, high], seeds }) => ({ arm, mean, low, high, seeds }));
  return {
    name: "arms",
    title: "Arms",
    caption:
      `Mean ${measure} of each arm with ${intervals(config)}. These intervals include the spread of the queries, ` +
      "which all arms share: compare arms by their paired difference, not by the overlap of their intervals.",
    chart: plots.arms(rows, { measure, baseline, interval: intervalName(config) }),
  };
}

function sweep(
  { arms, measure }: RunSummary,
  config: ExperimentConfig,
  { parameter, values }: NonNullable<ExperimentConfig["sweep"]>,
): Figure {
  const points = arms.filter(({ arm }) => arm in values).map(({ arm, mean, interval: [low, high] }) => ({
    value: values[arm],
    mean,
    low,
    high,
  }));
  return {
    name: "sweep",
    title: `${measure} against ${parameter}`,
    caption: `Each point is an arm over ${counted(config.seeds, "seed")}; the band is its interval.`,
    chart: plots.sweep(points, { parameter, measure, interval: intervalName(config) }),
  };
}

function forecast(summary: RunSummary): Figure[] {
  const { measure, forecast } = summary;
  if (!forecast || forecast.arms.length < 2) return [];
  const sources = singleSources(summary);
  return [{
    name: "forecast",
    title: "Forecast and gain",
    caption:
      `Contrastive information of each arm's negatives, computed before training, against its gain in ${measure} ` +
      `over "${forecast.over}". Colors are those of the sources.`,
    chart: plots.forecast(forecast.arms.map((arm) => ({ ...arm, source: sources[arm.arm] })), {
      gain: `gain in ${measure}`,
    }),
  }];
}

function transfer({ transfers = [], measure, baseline }: RunSummary, config: ExperimentConfig): Figure[] {
  if (transfers.length === 0) return [];
  const alpha = Number((1 - config.statistics.confidence).toFixed(6));
  const rows = transfers.flatMap(({ label, arms }) =>
    arms.flatMap(({ arm, baseline: test }) =>
      test ? [{ arm, collection: label, difference: test.difference, adjusted: test.adjusted }] : []
    )
  );
  return [{
    name: "transfer",
    title: "Transfer",
    caption:
      `Paired difference in ${measure} to "${baseline}" on other collections. Bold: p < ${alpha} after Holm over all of them.`,
    chart: plots.transfer(rows, { measure, baseline, alpha }),
  }];
}

async function curves(run: RunFolder, summary: RunSummary): Promise<Figure[]> {
  const { measure } = summary;
  const events = await curvesByArm(run);
  if (Object.keys(events).length === 0) return [];
  // If dev is the test split, training is not evaluated.
  const evaluated = Object.values(events).some((table) => [...table.column("name")].includes(measure));
  const names = evaluated ? ["loss", measure] : ["loss"];
  return [{
    name: "training-curves",
    title: "Training curves",
    caption: "Mean over seeds. The loss is smoothed over steps" +
      (evaluated ? `; ${measure} is evaluated on the ${run.manifest.config.splits.dev} split.` : "."),
    chart: plots.trainingCurves(events, { names, sources: singleSources(summary) }),
  }, {
    name: "gradient-norms",
    title: "Gradient norms",
    caption:
      "Norms of the gradient over all steps and seeds, before clipping, and their variance: the steadier, the less " +
      "a batch depends on which sources it happens to hold.",
    chart: plots.gradientNorms(await normsByArm(run)),
  }];
}

async function negatives(run: RunFolder): Promise<Figure[]> {
  const similarities = await readTable(join(run.path, "similarities.arrow"), SIMILARITIES);
  const negatives = await readTable(join(run.path, "negatives.arrow"), NEGATIVES);
  const judged = [...similarities.column("false_negative")].some((value) => value !== null);
  const figures: Figure[] = similarities.length === 0 ? [] : [{
    name: "negative-similarity",
    title: "Similarity of negatives",
    caption:
      "Similarity of candidates to their query, by source, measured by the encoder before fine-tuning. Overlap " +
      "with the positives' outline means hard" + (judged ? "; bars below the axis do answer the query." : "."),
    chart: plots.similarities(similarities),
  }, {
    name: "hardness",
    title: "Hardness",
    caption: "Similarity of the negative divided by that of the positive; above 1 the encoder prefers the negative.",
    chart: plots.hardness(similarities),
  }, {
    name: "waterfall",
    title: "Filters",
    caption: "Candidates by source, and how many each rule removed.",
    chart: plots.waterfall(negatives),
  }];
  return [...figures, ...overlap(negatives)];
}

/** The overlap of sources, if there are two: written negatives have no document. */
function overlap(negatives: Parameters<typeof plots.sourceOverlap>[0]): Figure[] {
  const documents = [...negatives.column("doc_id")];
  const retrieving = new Set([...negatives.column("source")].filter((_, i) => documents[i] !== null));
  if (retrieving.size < 2) return [];
  return [{
    name: "source-overlap",
    title: "Overlap of the sources",
    caption: "Share of a source's candidates that another source found, too.",
    chart: plots.sourceOverlap(negatives),
  }];
}

/** Arms that draw from a single source, with that source. */
function singleSources({ arms }: RunSummary): Record<string, Source> {
  return Object.fromEntries(arms.flatMap(({ arm, drawn }) => {
    const sources = Object.keys(drawn) as Source[];
    return sources.length === 1 ? [[arm, sources[0]]] : [];
  }));
}
