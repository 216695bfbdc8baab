import * as z from "zod";
import { ArgumentError } from "../core/errors.ts";
import { count, counted, signed } from "../core/format_numbers.ts";
import { suggestion } from "../core/nearest.ts";
import { type OptionShape, parseOptions } from "../core/parse_options.ts";
import { SCORES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { CHART_SHAPE, type ChartPart } from "./drawing/chart_part.ts";
import { checkNumber, checkTable } from "./drawing/checks.ts";
import { axisTitle, labelWidth, shortened } from "./drawing/labels.ts";
import { makeChart } from "./drawing/make_chart.ts";
import { rounded, wholeTicks } from "./drawing/numbers.ts";
import { hue } from "./drawing/theme.ts";
import type { Chart, ChartOptions, Layout, Spec } from "./types.ts";

/**
 * Options of {@link perQueryDifference}.
 *
 * @category Plots
 */
export interface PerQueryDifferenceOptions extends ChartOptions {
  /**
   * Which measure of the tables to draw.
   * @default {"nDCG@10"}
   */
  measure?: string;
  /**
   * Names of the two tables.
   * @default {["before", "after"]}
   */
  names?: readonly [string, string];
}

const OPTIONS = z.strictObject(
  {
    ...CHART_SHAPE,
    measure: z.string().default("nDCG@10"),
    names: z.tuple([z.string(), z.string()]).describe("two names").default(["before", "after"]),
  } satisfies OptionShape<PerQueryDifferenceOptions>,
);
type Options = z.output<typeof OPTIONS>;

/** Most bars to draw; with more queries, neighbors in rank share a bar. */
const BARS = 400;
/** Height of the chart in units. */
const HEIGHT = 120;

/**
 * Change of every query from `before` to `after`: differences sorted from the largest loss to the largest gain. A mean
 * hides that some queries lose what others gain; this chart shows it.
 *
 * @category Plots
 *
 * @throws {ArgumentError} for a table without rows or without the columns of SCORES, an unknown measure, or tables of
 * different queries.
 *
 * @example
 * ```ts
 * import { SCORES } from "@syneg/kit/tables";
 * import { tableOf } from "@syneg/kit";
 * import { perQueryDifference } from "./mod.ts";
 * const scores = (value: number) => tableOf(SCORES, [{ query_id: "q1", measure: "nDCG@10", value }]);
 * console.log(perQueryDifference(scores(0.4), scores(0.6)).text);
 * ```
 */
export function perQueryDifference(
  before: Table<typeof SCORES>,
  after: Table<typeof SCORES>,
  options: PerQueryDifferenceOptions = {},
): Chart {
  return draw(parseOptions("perQueryDifference", OPTIONS, options), before, after);
}

/** The entry of {@link perQueryDifference} in the registry. */
export const perQueryDifferenceChart: ChartPart<typeof OPTIONS, [Table<typeof SCORES>, Table<typeof SCORES>]> = {
  name: "perQueryDifference",
  about: "change of every query between two tables of scores, from loss to gain",
  options: OPTIONS,
  make: draw,
};

function draw(options: Options, before: Table<typeof SCORES>, after: Table<typeof SCORES>): Chart {
  const { measure, names: [first, second] } = options;
  const differences = differencesOf(valuesOf(before, measure), valuesOf(after, measure));
  const total = differences.length;
  const [worse, better] = [differences.filter((d) => d < 0).length, differences.filter((d) => d > 0).length];
  const size = Math.ceil(total / BARS);
  const queries = counted(total, "query", "queries");
  const tally = `${count(better)} better, ${count(worse)} worse, ${count(total - better - worse)} equal`;
  const summary = `${queries}: ${tally}; mean ${signed(mean(differences))}`;
  return makeChart({
    text: [`${measure} of ${second} minus ${first}, query by query`, summary],
    note: summary + (size === 1 ? "" : `; each bar is the mean of ${size} neighbors`),
    build: (layout) => specOf(barsOf(differences, size), total, differenceTitle(options, layout), layout),
  }, options);
}

/** Differences of the same queries in ascending order. */
function differencesOf(a: Map<string, number>, b: Map<string, number>): Float64Array {
  const missing = [...a.keys()].filter((id) => !b.has(id)).concat([...b.keys()].filter((id) => !a.has(id)));
  if (missing.length > 0) {
    throw new ArgumentError(
      `Cannot draw perQueryDifference: only one of the tables has ${counted(missing.length, "query", "queries")} ` +
        `such as "${missing[0]}"`,
    );
  }
  return Float64Array.from(a, ([id, value]) => b.get(id)! - value).sort();
}

/** A bar for each `size` neighbors in rank. */
function barsOf(differences: Float64Array, size: number): Spec[] {
  return Array.from({ length: Math.ceil(differences.length / size) }, (_, i) => {
    const part = differences.subarray(i * size, (i + 1) * size);
    return { from: i * size, to: i * size + part.length, difference: rounded(mean(part)) };
  });
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function specOf(bars: Spec[], total: number, title: string | string[], layout: Layout): Spec {
  return {
    width: layout.width,
    height: Math.round(HEIGHT * layout.unit),
    autosize: { type: "fit-x", contains: "padding" },
    data: { values: bars },
    layer: [
      {
        mark: { type: "bar", binSpacing: 0 },
        encoding: {
          x: {
            field: "from",
            type: "quantitative",
            title: "queries, from loss to gain",
            scale: { domain: [0, total], nice: false },
            axis: { tickCount: 5, ...wholeTicks(total) },
          },
          x2: { field: "to" },
          y: {
            field: "difference",
            type: "quantitative",
            title,
            axis: { grid: true, tickCount: 5, format: "~g" },
          },
          y2: { datum: 0 },
          color: {
            condition: { test: "datum.difference < 0", value: hue.worse },
            value: hue.better,
          },
        },
      },
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: "rule", color: layout.ink.guide },
        encoding: { y: { field: "zero", type: "quantitative" } },
      },
    ],
  };
}

/** Title of the vertical axis: one line, or one per part if the line would be far longer than the axis. */
function differenceTitle({ measure, names: [first, second] }: Options, layout: Layout): string | string[] {
  const room = (HEIGHT + 10) * layout.unit;
  const line = `${measure}, ${second} − ${first}`;
  if (labelWidth(line, layout) <= (HEIGHT + 40) * layout.unit) return line;
  const [to, from] = shortened([second, first], room - labelWidth(" −", layout), layout);
  return [axisTitle(`${measure},`, room, layout), `${to} −`, from].flat();
}

function valuesOf(table: Table<typeof SCORES>, measure: string): Map<string, number> {
  checkTable("perQueryDifference", table, SCORES, ["query_id", "measure", "value"]);
  const values = table.numbers("value");
  const ids = table.column("query_id");
  const found = new Map<string, number>();
  const present = new Set<string>();
  let at = 0;
  for (const name of table.column("measure")) {
    present.add(name);
    if (name === measure) {
      checkNumber("perQueryDifference", values[at], `row ${at}, column "value"`);
      found.set(ids.at(at), values[at]);
    }
    at++;
  }
  if (found.size > 0) return found;
  throw new ArgumentError(`Cannot draw perQueryDifference: no measure "${measure}", ${suggestion(measure, present)}`);
}
