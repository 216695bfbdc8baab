import { type Registry, registry } from "../core/registry.ts";
import { armsChart } from "./arms.ts";
import type { ChartPart } from "./drawing/chart_part.ts";
import { forecastChart } from "./forecast.ts";
import { forestChart } from "./forest.ts";
import { gradientNormsChart } from "./gradient_norms.ts";
import { hardnessChart } from "./hardness.ts";
import { perQueryDifferenceChart } from "./per_query_difference.ts";
import { similaritiesChart } from "./similarities.ts";
import { sourceOverlapChart } from "./source_overlap.ts";
import { sweepChart } from "./sweep.ts";
import { trainingCurvesChart } from "./training_curves.ts";
import { transferChart } from "./transfer.ts";
import { waterfallChart } from "./waterfall.ts";

/**
 * Every chart by name, with its options and their defaults. A new chart is one file and one line here.
 *
 * @category Plots
 */
export const CHARTS: Registry<ChartPart> = registry<ChartPart>("chart", [
  similaritiesChart,
  hardnessChart,
  waterfallChart,
  sourceOverlapChart,
  trainingCurvesChart,
  gradientNormsChart,
  armsChart,
  forestChart,
  perQueryDifferenceChart,
  sweepChart,
  transferChart,
  forecastChart,
]);
