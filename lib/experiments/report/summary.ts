import type { Collection } from "../../collections/mod.ts";
import type { TextCuts } from "../../encoders/mod.ts";
import { type ArmResult, compareArms } from "../../evaluation/mod.ts";
import type { RunFolder } from "../run_folder.ts";
import type { Method } from "../types.ts";
import type { ArmBias } from "./bias_summary.ts";
import type { ForecastSummary } from "./forecast_summary.ts";
import type { Results } from "./results.ts";
import type { TransferSummary } from "./transfer_summary.ts";

/**
 * Result of an arm: mean and interval, comparisons with the baseline and the best arm, and cost.
 *
 * @category Experiments
 */
export interface ArmSummary extends ArmResult {
  /** How it ranks the documents. */
  method: Method;
  /** Mean of each seed. */
  means: number[];
  /** Means of the other measures. */
  measures: Record<string, number>;
  /** Steps of its training. */
  steps: number;
  /** Seconds of a cell, mean over seeds. */
  seconds: number;
  /** Mean negatives of each source per instance, in the first epoch. */
  drawn: Record<string, number>;
  /** Queries with fewer negatives than the arm asks for, by source. */
  short: Record<string, number>;
}

/**
 * Means of the arms on a part of the queries.
 *
 * @category Experiments
 */
export interface QueryGroup {
  /** Field of the queries' metadata. */
  field: string;
  /** Value of the field. */
  value: string;
  /** Number of queries. */
  queries: number;
  /** Mean of each arm. */
  means: Record<string, number>;
}

/**
 * All numbers of a finished run.
 *
 * @category Experiments
 */
export interface RunSummary {
  /** The measure that decides. */
  measure: string;
  /** Number of test queries. */
  queries: number;
  /** Result of every arm. */
  arms: ArmSummary[];
  /** Name of the baseline. */
  baseline: string;
  /** Name of the best arm. */
  best: string;
  /** Means by kind of query. */
  groups: QueryGroup[];
  /** Results on other collections. Missing if there are none. */
  transfers?: TransferSummary[];
  /** Source bias of the arms. Missing without written candidates. */
  bias?: ArmBias[];
  /** What was foreseen of the arms, and what came. Missing if no arm draws negatives. */
  forecast?: ForecastSummary;
  /** Texts that the encoder does not read to the end. Missing in runs prepared by earlier versions of the kit. */
  cuts?: TextCuts;
}

/** Computes every number of the report from the results of the cells. */
export function summarizeRun(run: RunFolder, results: Results, collection: Collection): RunSummary {
  const { config } = run.manifest;
  const { rounds, confidence, margin, baseline } = config.statistics;
  const samples = Object.fromEntries(results.values);
  const tested = compareArms(samples, { seed: config.seed, rounds, alpha: 1 - confidence, margin, baseline });
  const arms = tested.map((result): ArmSummary => {
    const reports = results.reports.filter(({ arm }) => arm === result.arm);
    return {
      ...result,
      method: config.arms.find(({ name }) => name === result.arm)!.method,
      means: results.values.get(result.arm)!.map(average),
      measures: Object.fromEntries(
        config.measures.slice(1).map((measure) => [measure, average(reports.map((r) => r.values[measure]))]),
      ),
      steps: reports[0].steps,
      seconds: average(reports.map((r) => r.seconds)),
      drawn: reports[0].drawn,
      short: reports[0].short,
    };
  });
  return {
    measure: config.measures[0],
    queries: results.queries.length,
    arms,
    baseline,
    best: arms.find(({ best }) => best === undefined)!.arm,
    groups: groups(results, collection),
  };
}

/** Most values of a metadata field that divides the queries into groups. */
const MOST_VALUES = 8;

/** Means by every metadata field that divides the queries into a few groups (facets: style; seen or unseen topics). */
function groups(results: Results, collection: Collection): QueryGroup[] {
  const fields = fieldsOf(results, collection);
  const position = new Map(results.queries.map((id, i) => [id, i]));
  const means = (queries: string[]) =>
    [...results.values].map(([arm, seeds]) => [
      arm,
      average(seeds.map((scores) => average(queries.map((id) => scores[position.get(id)!])))),
    ]);
  return [...fields].filter(([, values]) => values.size > 1 && values.size <= MOST_VALUES).flatMap(([field, values]) =>
    [...values].sort(([a], [b]) => a < b ? -1 : 1).map(([value, queries]) => ({
      field,
      value,
      queries: queries.length,
      means: Object.fromEntries(means(queries)),
    }))
  );
}

/** Ids of the test queries by metadata field and value. */
function fieldsOf(results: Results, collection: Collection): Map<string, Map<string, string[]>> {
  const tested = new Set(results.queries);
  const fields = new Map<string, Map<string, string[]>>();
  const ids = collection.queries.column("id");
  const metadata = collection.queries.column("metadata");
  for (let i = 0; i < ids.length; i++) {
    if (!tested.has(ids.at(i))) continue;
    for (const [field, value] of Object.entries(JSON.parse(metadata.at(i) ?? "{}"))) {
      if (typeof value !== "string" && typeof value !== "boolean") continue;
      const values = fields.get(field) ?? new Map<string, string[]>();
      fields.set(field, values.set(String(value), [...values.get(String(value)) ?? [], ids.at(i)]));
    }
  }
  return fields;
}

function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
