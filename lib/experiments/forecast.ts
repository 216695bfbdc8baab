import { join } from "node:path";
import { ArgumentError, exists } from "../core/mod.ts";
import type { Collection } from "../collections/mod.ts";
import type { TrainableEncoder } from "../encoders/mod.ts";
import { contrastiveInformation } from "../evaluation/mod.ts";
import { openLedger } from "../generators/mod.ts";
import { type FalseNegatives, shortcut } from "../negatives/mod.ts";
import type { NEGATIVES, SIMILARITIES, Source, Table } from "../tables/mod.ts";
import type { RunFolder } from "./run_folder.ts";
import type { ExperimentConfig } from "./types.ts";

/** Name of the file of {@link SourceForecast} in a run folder. */
export const FORECAST = "forecast.json";

/**
 * What can be said about a source of negatives before training.
 *
 * @category Experiments
 */
export interface SourceForecast {
  /** The source. */
  source: Source;
  /** Candidates that arms may draw. */
  kept: number;
  /** Share of them that is relevant, by complete judgments or by a judge; null if nobody has judged. */
  falseNegativeRate: number | null;
  /** Area under the curve of a classifier by style alone, written against mined ones; null for mined sources. */
  shortcut: number | null;
  /** Mean similarity of the negative over that of the positive. */
  hardness: number;
  /** How sure the untrained encoder is that they are worse than the positive, 0 to 1. */
  consistency: number;
  /** How near to the query they are, 0 to 1. */
  locality: number;
  /** Share of the query's words that they do not have, 0 to 1. */
  residual: number;
  /** Contrastive information in nats: the forecast. */
  information: number;
  /** US dollars that the replies cost, by the ledger; null if it is not known or there were none. */
  cost: number | null;
}

/** Computes the forecast of every source with kept candidates. */
export async function forecast(
  config: ExperimentConfig,
  { collection, encoder, negatives, similarities, falseNegatives, signal }: {
    collection: Collection;
    encoder: TrainableEncoder;
    negatives: Table<typeof NEGATIVES>;
    similarities: Table<typeof SIMILARITIES>;
    falseNegatives: readonly FalseNegatives[] | undefined;
    signal?: AbortSignal;
  },
): Promise<SourceForecast[]> {
  if (![...negatives.column("verdict")].includes("kept")) return [];
  const split = config.splits.train;
  const information = await contrastiveInformation(encoder, collection, negatives, { split, signal });
  const shortcuts = shortcutsOf(negatives, collection);
  const hardness = hardnessOf(similarities);
  const judged = judgedShare(negatives);
  return information.map(({ source, pairs: _, ...values }) => {
    const exact = falseNegatives?.find((each) => each.source === source);
    return {
      source,
      kept: countKept(negatives, source),
      falseNegativeRate: exact && exact.judged > 0 ? exact.rate : judged.get(source) ?? null,
      shortcut: shortcuts.get(source) ?? null,
      hardness: hardness.get(source) ?? NaN,
      ...values,
      cost: source === "synthetic" ? costOf(config) : null,
    };
  });
}

/** The forecast of a run; undefined if an earlier version of the kit prepared it. */
export async function readForecast(run: RunFolder): Promise<SourceForecast[] | undefined> {
  const file = join(run.path, FORECAST);
  return await exists(file) ? JSON.parse(await Deno.readTextFile(file)) : undefined;
}

function countKept(negatives: Table<typeof NEGATIVES>, source: Source): number {
  const [sources, verdicts] = [negatives.column("source"), negatives.column("verdict")];
  let count = 0;
  for (let i = 0; i < negatives.length; i++) if (sources.at(i) === source && verdicts.at(i) === "kept") count++;
  return count;
}

/** The easiest recipe to tell from mined negatives, by source; empty where there are too few to compare. */
function shortcutsOf(negatives: Table<typeof NEGATIVES>, collection: Collection): Map<Source, number> {
  const found = new Map<Source, number>();
  try {
    for (const { recipe, auc } of shortcut(negatives, collection)) {
      const source = recipe.split("@")[0] === "edit" ? "edit" : "synthetic";
      if (!found.has(source)) found.set(source, auc);
    }
  } catch (error) {
    // No written or no mined negatives, or too few of them.
    if (!(error instanceof ArgumentError)) throw error;
  }
  return found;
}

function hardnessOf(similarities: Table<typeof SIMILARITIES>): Map<Source, number> {
  const sums = new Map<Source, { sum: number; count: number }>();
  for (const { source, similarity, positive_similarity: positive } of similarities.rows()) {
    if (!(positive > 0)) continue;
    const at = sums.get(source as Source) ?? { sum: 0, count: 0 };
    sums.set(source as Source, { sum: at.sum + similarity / positive, count: at.count + 1 });
  }
  return new Map([...sums].map(([source, { sum, count }]) => [source, sum / count]));
}

/** Share of a judge's decisions that found a candidate relevant, by source. */
function judgedShare(negatives: Table<typeof NEGATIVES>): Map<Source, number> {
  const counts = new Map<Source, { judged: number; relevant: number }>();
  for (const { source, verdict, reason } of negatives.rows()) {
    if (!reason?.startsWith("judge:")) continue;
    const at = counts.get(source as Source) ?? { judged: 0, relevant: 0 };
    at.judged++;
    if (verdict !== "kept") at.relevant++;
    counts.set(source as Source, at);
  }
  return new Map([...counts].map(([source, { judged, relevant }]) => [source, relevant / judged]));
}

function costOf({ replies, recipe }: ExperimentConfig): number | null {
  if (!replies.endsWith(".sqlite")) return null;
  using ledger = openLedger(replies);
  const costs = ledger.totals().filter((each) => each.recipe.split("@")[0] === recipe.split("@")[0])
    .map(({ cost }) => cost).filter((cost) => cost !== null);
  return costs.length > 0 ? costs.reduce((a, b) => a + b, 0) : null;
}
