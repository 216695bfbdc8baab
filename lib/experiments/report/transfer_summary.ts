import { basename, join } from "node:path";
import { KitError } from "../../core/mod.ts";
import { readTable } from "../../files/mod.ts";
import { SCORES } from "../../tables/mod.ts";
import { type ArmResult, compareArms, holm } from "../../evaluation/mod.ts";
import { transferFile } from "../cell.ts";
import type { RunFolder } from "../run_folder.ts";

/**
 * Results of the arms on another collection. The comparisons' `adjusted` is Holm's over all transfer collections and arms
 * together.
 *
 * @category Experiments
 */
export interface TransferSummary {
  /** The collection as the configuration names it. */
  collection: string;
  /** Its name in charts: the last part of a path, with the split if two are equal. */
  label: string;
  /** Its split. */
  split: string;
  /** Number of its queries. */
  queries: number;
  /** Result of every arm. */
  arms: ArmResult[];
}

/** Results on every transfer collection, from the results of the cells. */
export async function transferSummaries(run: RunFolder): Promise<TransferSummary[]> {
  const { config } = run.manifest;
  const { rounds, confidence, margin, baseline } = config.statistics;
  const found: TransferSummary[] = [];
  for (const [i, each] of (config.transfer ?? []).entries()) {
    const { collection, split } = typeof each === "string" ? { collection: each, split: config.splits.test } : each;
    const { samples, queries } = await samplesOf(run, i);
    const arms = compareArms(samples, { seed: config.seed, rounds, alpha: 1 - confidence, margin, baseline });
    found.push({ collection, label: basename(collection), split, queries, arms });
  }
  return adjusted(labeled(found));
}

/** Values of the main measure by arm and seed, over the same queries in the same order. */
async function samplesOf(
  run: RunFolder,
  i: number,
): Promise<{ samples: Record<string, Float64Array[]>; queries: number }> {
  const [main] = run.manifest.config.measures;
  const samples: Record<string, Float64Array[]> = {};
  let queries: string[] = [];
  for (const cell of run.cells) {
    const file = join(run.path, cell.folder, `${transferFile(i)}.arrow`);
    const byQuery = new Map<string, number>();
    for (const { query_id, measure, value } of (await readTable(file, SCORES)).rows()) {
      if (measure === main) byQuery.set(query_id, value);
    }
    if (queries.length === 0) queries = [...byQuery.keys()].sort();
    const values = Float64Array.from(queries, (id) => byQuery.get(id) ?? NaN);
    if (byQuery.size !== values.length || values.some(Number.isNaN)) {
      throw new KitError("Cannot summarize the run: its cells have different queries", { file });
    }
    (samples[cell.arm] ??= []).push(values);
  }
  return { samples, queries: queries.length };
}

/** Adds the split to labels that are not alone, and the whole path to those that still are not. */
function labeled(found: readonly TransferSummary[]): TransferSummary[] {
  const alone = (of: (each: TransferSummary) => string, each: TransferSummary) =>
    found.filter((other) => of(other) === of(each)).length === 1;
  const long = ({ label, split }: TransferSummary) => `${label} (${split})`;
  const whole = ({ collection, split }: TransferSummary) => `${collection} (${split})`;
  return found.map((each) => ({
    ...each,
    label: alone(({ label }) => label, each) ? each.label : alone(long, each) ? long(each) : whole(each),
  }));
}

/** Adjusts the comparisons with the baseline over the whole family. */
function adjusted(found: readonly TransferSummary[]): TransferSummary[] {
  const tests = found.flatMap(({ arms }) => arms.flatMap(({ baseline }) => baseline ? [baseline.p] : []));
  const all = holm(tests);
  let next = 0;
  return found.map((each) => ({
    ...each,
    arms: each.arms.map((arm) => arm.baseline ? { ...arm, baseline: { ...arm.baseline, adjusted: all[next++] } } : arm),
  }));
}
