import { join } from "node:path";
import { EVENTS, NEGATIVES, SIMILARITIES, type Source, type Table, tableOf } from "../../tables/mod.ts";
import { readTable } from "../../files/mod.ts";
import { counted } from "../../core/format_numbers.ts";
import * as plots from "../../plots/mod.ts";
import type { RunFolder } from "../run_folder.ts";
import type { RunSummary } from "./summary.ts";

/** A chart of the report with the words below it. */
export interface Figure {
  name: string;
  title: string;
  caption: string;
  chart: plots.Chart;
}

/** The charts of a finished run, in the report's order. */
export async function figuresOf(run: RunFolder, summary: RunSummary): Promise<Figure[]> {
  const { config } = run.manifest;
  const { measure } = summary;
  const interval = `${Number((100 * config.statistics.confidence).toFixed(2))} % interval`;
  const bootstrap = `bootstrap over queries${config.seeds === 1 ? "" : ", with the seeds' noise"}`;
  const sources = sourcesOf(summary);
  const figures: Figure[] = [];
  if (summary.arms.length > 1) {
    const { margin } = config.statistics;
    figures.push({
      name: "differences",
      title: `Differences to ${summary.baseline}`,
      caption:
        `Difference in ${measure} to the baseline "${summary.baseline}" over the same ${
          counted(summary.queries, "query", "queries")
        } of the ${config.splits.test} split, with ${interval}s (${bootstrap}). p: paired randomization test, adjusted by ` +
        `Holm. Shaded: the equivalence margin of ±${margin}.`,
      chart: plots.forest(summary.arms.map((arm) => ({ ...arm, source: sources[arm.arm] })), {
        measure,
        baseline: summary.baseline,
        interval,
      }),
    });
  }
  figures.push({
    name: "arms",
    title: "Arms",
    caption:
      `Mean ${measure} of each arm with ${interval}s (${bootstrap}). They hold the spread of the queries, which all ` +
      `arms share: whether two arms differ is seen in their paired difference, not in the overlap of these.`,
    chart: plots.arms(
      summary.arms.map(({ arm, mean, interval: [low, high], seeds }) => ({ arm, mean, low, high, seeds })),
      { measure, baseline: summary.baseline, interval },
    ),
  });
  if (config.sweep) {
    const { parameter, values } = config.sweep;
    const points = summary.arms.filter(({ arm }) => arm in values).map(({ arm, mean, interval: [low, high] }) => ({
      value: values[arm],
      mean,
      low,
      high,
    }));
    figures.push({
      name: "sweep",
      title: `${measure} against ${parameter}`,
      caption: `Each point is an arm over ${counted(config.seeds, "seed")}; the band is its interval.`,
      chart: plots.sweep(points, { parameter, measure, interval }),
    });
  }
  const curves = await curvesByArm(run);
  if (Object.keys(curves).length > 0) {
    // Where dev is the test split, nothing was measured on the way.
    const measured = Object.values(curves).some((events) => [...events.column("name")].includes(measure));
    figures.push({
      name: "training-curves",
      title: "Training curves",
      caption: "Mean over seeds. The loss is smoothed over steps" +
        (measured ? `; ${measure} is measured on the ${config.splits.dev} split.` : "."),
      chart: plots.trainingCurves(curves, { names: measured ? ["loss", measure] : ["loss"], sources }),
    });
  }
  const similarities = await readTable(join(run.path, "similarities.arrow"), SIMILARITIES);
  const negatives = await readTable(join(run.path, "negatives.arrow"), NEGATIVES);
  if (similarities.length > 0) {
    figures.push({
      name: "negative-similarity",
      title: "How near the negatives are",
      caption: "Cosine similarity of candidate and query by source, measured by the encoder before fine-tuning, " +
        "the known positives beside them.",
      chart: plots.similarities(similarities),
    }, {
      name: "hardness",
      title: "Hardness",
      caption: "Similarity of the negative over that of the positive; above 1 the encoder prefers the negative.",
      chart: plots.hardness(similarities),
    }, {
      name: "waterfall",
      title: "What the filters took",
      caption: "Candidates by source after each rule.",
      chart: plots.waterfall(negatives),
    });
  }
  // Written negatives have no document, and one source alone overlaps with none.
  const documents = [...negatives.column("doc_id")];
  const retrieving = new Set([...negatives.column("source")].filter((_, i) => documents[i] !== null));
  if (retrieving.size > 1) {
    figures.push({
      name: "source-overlap",
      title: "Overlap of the sources",
      caption: "Share of one source's candidates that another source found too.",
      chart: plots.sourceOverlap(negatives),
    });
  }
  return figures;
}

/** Arms whose negatives come from one source alone, with that source. */
function sourcesOf({ arms }: RunSummary): Record<string, Source> {
  return Object.fromEntries(arms.flatMap(({ arm, drawn }) => {
    const sources = Object.keys(drawn) as Source[];
    return sources.length === 1 ? [[arm, sources[0]]] : [];
  }));
}

/** Saves every figure as SVG, PNG and PDF at column width. */
export async function saveFigures(run: RunFolder, figures: readonly Figure[]): Promise<void> {
  for (const { name, chart } of figures) {
    for (const ending of ["svg", "png", "pdf"]) {
      await chart.save(join(run.path, "figures", `${name}.${ending}`), { width: "column", overwrite: true });
    }
  }
}

/** Points of a curve that are averaged into one. */
const SMOOTH = 10;

/** Events of every trained arm: mean over its seeds, the loss averaged over a few steps. */
async function curvesByArm(run: RunFolder): Promise<Record<string, Table<typeof EVENTS>>> {
  const curves: Record<string, Table<typeof EVENTS>> = {};
  const main = run.manifest.config.measures[0];
  for (const arm of run.manifest.config.arms) {
    const sums = new Map<string, { step: number; epoch: number; name: string; value: number; n: number }>();
    for (const cell of run.cells.filter((cell) => cell.arm === arm.name)) {
      const events = await readTable(join(run.path, cell.folder, "events.arrow"), EVENTS);
      for (const { step, epoch, name, value } of events.rows()) {
        if (name !== "loss" && name !== main) continue;
        const at = name === "loss" ? Math.ceil(step / SMOOTH) * SMOOTH : step;
        const sum = sums.get(`${name} ${at}`) ?? { step, epoch, name, value: 0, n: 0 };
        sums.set(`${name} ${at}`, {
          ...sum,
          // The last one may be short: its point stands at the last step there is.
          step: Math.max(sum.step, step),
          epoch: Math.max(sum.epoch, epoch),
          value: sum.value + value,
          n: sum.n + 1,
        });
      }
    }
    if (sums.size === 0) continue;
    curves[arm.name] = tableOf(
      EVENTS,
      [...sums.values()].map(({ step, epoch, name, value, n }) => ({
        step,
        epoch,
        name,
        value: value / n,
        wall_ms: 0,
      })),
    );
  }
  return curves;
}
