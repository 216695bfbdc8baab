import * as z from "zod";
import { type OptionShape, parseOptions } from "../core/parse_options.ts";
import { EVENTS } from "../tables/schema.ts";
import { type Source, SOURCES } from "../tables/sources.ts";
import { Table } from "../tables/table.ts";
import { CHART_SHAPE, type ChartPart } from "./drawing/chart_part.ts";
import { checkNumber, checkRows, checkTable } from "./drawing/checks.ts";
import { curves, newSeries, type Series } from "./drawing/curves.ts";
import type { Chart, ChartOptions } from "./types.ts";

/**
 * Options of {@link trainingCurves}.
 *
 * @category Plots
 */
export interface TrainingCurvesOptions extends ChartOptions {
  /** Names of events to draw, a panel each, from the top. Omit to draw all, in the order of their first events. */
  names?: readonly string[];
  /** The source of a label's negatives, if there is only one: the line has its color. Omit to go by the labels alone. */
  sources?: Readonly<Record<string, Source>>;
}

const OPTIONS = z.strictObject(
  {
    ...CHART_SHAPE,
    names: z.array(z.string()).describe("a list of names").readonly().optional(),
    sources: z.record(z.string(), z.enum(SOURCES)).optional(),
  } satisfies OptionShape<TrainingCurvesOptions>,
);

/** One table of events, or several by label. */
type Events = Table<typeof EVENTS> | Readonly<Record<string, Table<typeof EVENTS>>>;

/**
 * Training curves: a panel for each name of event over the steps. A name such as `loss:bm25` is a series of the panel
 * `loss`, in the color of its source. Several tables by label, such as one per arm of an experiment, are drawn as one
 * line each, without the series by source. Long series are drawn as means of neighboring steps, which the chart states.
 *
 * @category Plots
 *
 * @throws {ArgumentError} for a table without rows or without the columns of EVENTS, or an unknown name.
 *
 * @example
 * ```ts
 * import { EVENTS, tableOf } from "@syneg/kit";
 * import { trainingCurves } from "./mod.ts";
 * const losses = [2.1, 1.4, 1.2];
 * const rows = losses.map((value, i) => ({ step: i + 1, epoch: 0, name: "loss", value, wall_ms: 10 * i }));
 * console.log(trainingCurves(tableOf(EVENTS, rows)).text);
 * ```
 */
export function trainingCurves(
  events: Table<typeof EVENTS> | Readonly<Record<string, Table<typeof EVENTS>>>,
  options: TrainingCurvesOptions = {},
): Chart {
  return draw(parseOptions("trainingCurves", OPTIONS, options), events);
}

/** The entry of {@link trainingCurves} in the registry. */
export const trainingCurvesChart: ChartPart<typeof OPTIONS, [Events]> = {
  name: "trainingCurves",
  about: "loss, learning rate and measures over the steps of a training",
  options: OPTIONS,
  make: draw,
};

function draw(options: z.output<typeof OPTIONS>, events: Events): Chart {
  if (events instanceof Table) return curves(seriesOf(events), options);
  checkRows("trainingCurves", Object.values(events ?? {}), []);
  const all: Series[] = Object.entries(events).flatMap(([label, table]) =>
    seriesOf(table).filter(({ label }) => label === "").map((series) => ({ ...series, label }))
  );
  return curves(all, options);
}

function seriesOf(events: Table<typeof EVENTS>): Series[] {
  checkTable("trainingCurves", events, EVENTS, ["step", "name", "value"]);
  const steps = events.numbers("step");
  const values = events.numbers("value");
  const found = new Map<string, Series>();
  let at = 0;
  for (const name of events.column("name")) {
    checkNumber("trainingCurves", values[at], `row ${at}, column "value"`);
    if (!found.has(name)) found.set(name, newSeries(name));
    found.get(name)!.points.push({ step: steps[at], value: values[at] });
    at++;
  }
  return [...found.values()];
}
