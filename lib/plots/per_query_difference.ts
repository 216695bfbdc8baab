import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { SCORES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { makeChart } from "./chart.ts";
import { checkNumber, checkTable } from "./checks.ts";
import { axisTitle, labelWidth, shortened } from "./labels.ts";
import { count, counted, rounded, signed, wholeTicks } from "./numbers.ts";
import { hue } from "./theme.ts";
import type { Chart, ChartOptions, Layout } from "./types.ts";

/** Options of {@link perQueryDifference}. */
export interface PerQueryDifferenceOptions extends ChartOptions {
  /** Which measure of the tables. @default "nDCG@10" */
  measure?: string;
  /** What the two tables are called. @default ["before", "after"] */
  names?: readonly [string, string];
}

const PER_QUERY_DIFFERENCE_OPTIONS: OptionKinds<PerQueryDifferenceOptions> = {
  title: "string",
  measure: "string",
  names: "array",
};

/** Bars that are drawn at most; of more queries, neighbours in rank share a bar. */
const BARS = 400;

/**
 * What changed for each query from `before` to `after`: differences sorted from the greatest loss to the greatest gain.
 * A mean hides that some queries pay for others; this shows it.
 *
 * @throws {ArgumentError} on a table without rows or without the columns of SCORES, an unknown measure, or tables of
 * different queries.
 */
export function perQueryDifference(
  before: Table<typeof SCORES>,
  after: Table<typeof SCORES>,
  options: PerQueryDifferenceOptions = {},
): Chart {
  checkOptions<PerQueryDifferenceOptions>("perQueryDifference", options, PER_QUERY_DIFFERENCE_OPTIONS);
  const { measure = "nDCG@10", names: [first, second] = ["before", "after"] } = options;
  const a = valuesOf(before, measure);
  const b = valuesOf(after, measure);
  const missing = [...a.keys()].filter((id) => !b.has(id)).concat([...b.keys()].filter((id) => !a.has(id)));
  if (missing.length > 0) {
    throw new ArgumentError(
      `Cannot draw perQueryDifference: ${counted(missing.length, "query", "queries")} stand in one table only, ` +
        `such as "${missing[0]}"`,
    );
  }
  const differences = Float64Array.from(a, ([id, value]) => b.get(id)! - value).sort();
  const total = differences.length;
  const [worse, better] = [differences.filter((d) => d < 0).length, differences.filter((d) => d > 0).length];
  const mean = differences.reduce((sum, d) => sum + d, 0) / total;
  const size = Math.ceil(total / BARS);
  const values = Array.from({ length: Math.ceil(total / size) }, (_, i) => {
    const part = differences.subarray(i * size, (i + 1) * size);
    return {
      from: i * size,
      to: i * size + part.length,
      difference: rounded(part.reduce((sum, d) => sum + d, 0) / part.length),
    };
  });
  const queries = counted(total, "query", "queries");
  const tally = `${count(better)} better, ${count(worse)} worse, ${count(total - better - worse)} equal`;
  return makeChart({
    text: [`${measure} of ${second} minus ${first}, query by query`, `${queries}: ${tally}; mean ${signed(mean)}`],
    note: `${queries}: ${tally}; mean ${signed(mean)}` +
      (size === 1 ? "" : `; each bar is the mean of ${size} neighbours`),
    build: (layout) => ({
      width: layout.width,
      height: Math.round(HEIGHT * layout.unit),
      autosize: { type: "fit-x", contains: "padding" },
      data: { values },
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
              title: differenceTitle(measure, first, second, layout),
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
    }),
  }, options);
}

const HEIGHT = 120;

/** Title of the difference: one line, or one for each of its parts where it would be far longer than the axis. */
function differenceTitle(measure: string, first: string, second: string, layout: Layout): string | string[] {
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
  if (found.size === 0) {
    throw new ArgumentError(`Cannot draw perQueryDifference: no measure "${measure}", ${suggestion(measure, present)}`);
  }
  return found;
}
