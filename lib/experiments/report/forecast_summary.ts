import { random } from "../../core/random.ts";
import { rankCorrelation } from "../../evaluation/mod.ts";
import type { SourceForecast } from "../forecast.ts";
import type { ExperimentConfig } from "../types.ts";
import type { Results } from "./results.ts";

/**
 * What was foreseen about an arm, and what came.
 *
 * @category Experiments
 */
export interface ArmForecast {
  /** Name of the arm. */
  arm: string;
  /** Contrastive information of its sources, by their shares, in nats. */
  predicted: number;
  /** Mean difference to the untrained encoder, or to the baseline without one. */
  gain: number;
}

/**
 * How well the forecast ranks the arms.
 *
 * @category Experiments
 */
export interface ForecastSummary {
  /** Arms with negatives of their own. */
  arms: ArmForecast[];
  /** The arm that gains are over. */
  over: string;
  /** Spearman's rank correlation of prediction and gain; null for fewer than three arms. */
  correlation: number | null;
  /** Its interval by bootstrap over queries, at the configuration's confidence. */
  interval: [number, number] | null;
}

/** Compares the forecast with the results; undefined without a forecast or an arm that draws negatives. */
export function summarizeForecast(
  config: ExperimentConfig,
  forecast: readonly SourceForecast[] | undefined,
  { values, queries }: Pick<Results, "values" | "queries">,
): ForecastSummary | undefined {
  const over = config.arms.find(({ method }) => method === "untrained")?.name ?? config.statistics.baseline;
  const information = new Map(forecast?.map((each) => [each.source as string, each.information]));
  const base = meanOverSeeds(values.get(over)!);
  const arms = config.arms.flatMap(({ name, negatives }) => {
    const shares = Object.entries(negatives?.mix ?? {}).filter(([, share]) => share);
    if (name === over || shares.length === 0 || shares.some(([source]) => !information.has(source))) return [];
    const total = shares.reduce((sum, [, share]) => sum + share!, 0);
    const predicted = shares.reduce((sum, [source, share]) => sum + information.get(source)! * share! / total, 0);
    const gains = meanOverSeeds(values.get(name)!).map((value, i) => value - base[i]);
    return [{ arm: name, predicted, gains }];
  });
  if (arms.length === 0) return undefined;
  const predicted = arms.map((arm) => arm.predicted);
  const shown = arms.map(({ arm, predicted, gains }) => ({ arm, predicted, gain: mean(gains) }));
  if (arms.length < 3) return { arms: shown, over, correlation: null, interval: null };
  const correlation = rankCorrelation(predicted, shown.map(({ gain }) => gain));
  const { rounds, confidence } = config.statistics;
  const stream = random(config.seed).fork("forecast");
  const found = Array.from({ length: Math.min(rounds, 2000) }, () => {
    const draw = Array.from(queries, () => stream.integer(queries.length));
    return rankCorrelation(predicted, arms.map(({ gains }) => mean(draw.map((i) => gains[i]))));
  }).filter(Number.isFinite).sort((a, b) => a - b);
  const at = (share: number) => found[Math.min(found.length - 1, Math.floor(share * found.length))];
  const tail = (1 - confidence) / 2;
  const known = Number.isFinite(correlation) && found.length > 0;
  return {
    arms: shown,
    over,
    correlation: known ? correlation : null,
    interval: known ? [at(tail), at(1 - tail)] : null,
  };
}

function meanOverSeeds(seeds: readonly Float64Array[]): number[] {
  return Array.from(seeds[0], (_, i) => mean(seeds.map((values) => values[i])));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
