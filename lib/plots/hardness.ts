import * as z from "zod";
import { ArgumentError } from "../core/errors.ts";
import { count, counted, percent } from "../core/format_numbers.ts";
import { type OptionShape, parseOptions } from "../core/parse_options.ts";
import type { SIMILARITIES } from "../tables/schema.ts";
import { type Source, sourceColor } from "../tables/sources.ts";
import type { Table } from "../tables/table.ts";
import { CHART_SHAPE, type ChartPart } from "./drawing/chart_part.ts";
import { labelWidth } from "./drawing/labels.ts";
import { makeChart } from "./drawing/make_chart.ts";
import { aroundOne, quantile, rounded } from "./drawing/numbers.ts";
import { similarityGroups } from "./drawing/similarity_groups.ts";
import type { Chart, ChartOptions, Layout, Spec } from "./types.ts";

/**
 * Options of {@link hardness}.
 *
 * @category Plots
 */
export interface HardnessOptions extends ChartOptions {
  /**
   * Cut of a relative margin filter: NV-Retriever (arXiv 2407.15831) keeps what is below.
   * @default {0.95}
   */
  threshold?: number;
}

const OPTIONS = z.strictObject(
  { ...CHART_SHAPE, threshold: z.number().default(0.95) } satisfies OptionShape<HardnessOptions>,
);

/**
 * Hardness s-/s+ of negatives by source: median, middle half, 5th to 95th percentile, and the share at or above the
 * threshold. At 1 a negative is as similar to the query as its positive. Rows whose positive has a similarity of 0 or
 * less have no such ratio; the chart leaves them out and reports their number.
 *
 * @category Plots
 *
 * @throws {ArgumentError} for a table without rows, without the columns of SIMILARITIES, or without any usable row.
 *
 * @example
 * ```ts
 * import { SIMILARITIES } from "@syneg/kit/tables";
 * import { tableOf } from "@syneg/kit";
 * import { hardness } from "./mod.ts";
 * const row = { query_id: "q1", source: "bm25", similarity: 0.4, positive_similarity: 0.7 } as const;
 * console.log(hardness(tableOf(SIMILARITIES, [row])).text);
 * ```
 */
export function hardness(similarities: Table<typeof SIMILARITIES>, options: HardnessOptions = {}): Chart {
  return draw(parseOptions("hardness", OPTIONS, options), similarities);
}

/** The entry of {@link hardness} in the registry. */
export const hardnessChart: ChartPart<typeof OPTIONS, [Table<typeof SIMILARITIES>]> = {
  name: "hardness",
  about: "similarity of negatives over that of the positive, by source",
  options: OPTIONS,
  make: draw,
};

/** The box of one source. */
interface Box {
  source: Source;
  number: number;
  low: number;
  quarter: number;
  median: number;
  threeQuarters: number;
  high: number;
  /** Share at or above the threshold, as text. */
  above: string;
}

function draw(options: z.output<typeof OPTIONS>, similarities: Table<typeof SIMILARITIES>): Chart {
  const { threshold } = options;
  const boxes = boxesOf(similarities, threshold);
  const number = boxes.reduce((sum, box) => sum + box.number, 0);
  const left = similarities.length - number;
  return makeChart({
    text: ["Hardness of negatives, s-/s+, by source", ...boxes.map((box) => sentence(box, threshold))],
    note: `${counted(number, "negative")}: median, middle half, 5th to 95th percentile` +
      (left === 0 ? "" : `; ${count(left)} left out (s+ ≤ 0)`) + `; right: share at ${threshold} (dashed) or more`,
    build: (layout) => specOf(boxes, threshold, layout),
  }, options);
}

function boxesOf(similarities: Table<typeof SIMILARITIES>, threshold: number): Box[] {
  const boxes = similarityGroups("hardness", similarities).flatMap((group): Box[] => {
    const ratios = group.similarity.map((similarity, i) => similarity / group.positive[i])
      .filter((_, i) => group.positive[i] > 0).sort();
    if (ratios.length === 0) return [];
    const at = (share: number) => rounded(quantile(ratios, share));
    return [{
      source: group.source,
      number: ratios.length,
      low: at(0.05),
      quarter: at(0.25),
      median: at(0.5),
      threeQuarters: at(0.75),
      high: at(0.95),
      above: percent(ratios.filter((ratio) => ratio >= threshold).length / ratios.length),
    }];
  });
  if (boxes.length > 0) return boxes;
  throw new ArgumentError(
    `Cannot draw hardness: the positive's similarity is 0 or less in all ${count(similarities.length)} rows`,
  );
}

function sentence({ source, number, low, median, high, above }: Box, threshold: number): string {
  return `${source}: ${counted(number, "negative")}, median ${median.toFixed(3)}, 5 % below ${low.toFixed(3)}, ` +
    `5 % above ${high.toFixed(3)}, ${above} at ${threshold} or more`;
}

function specOf(boxes: Box[], threshold: number, layout: Layout): Spec {
  const { width, unit, ink } = layout;
  const ends = [threshold, ...boxes.flatMap(({ low, high }) => [low, high])];
  const right = Math.max(34 * unit, ...boxes.map(({ above }) => labelWidth(above, layout) + 2 * unit));
  const y = { field: "source", type: "nominal", sort: null, title: null, axis: { domain: false, ticks: false } };
  const x = (field: string) => ({
    field,
    type: "quantitative",
    title: "similarity of the negative / of the positive",
    scale: aroundOne(ends),
    axis: { tickCount: 5 },
  });
  const color = {
    field: "source",
    type: "nominal",
    legend: null,
    scale: { domain: boxes.map(({ source }) => source), range: boxes.map(({ source }) => sourceColor[source]) },
  };
  return {
    width,
    height: Math.round(20 * unit * boxes.length),
    autosize: { type: "fit-x", contains: "padding" },
    data: { values: boxes },
    layer: [
      {
        data: { values: [{ at: threshold }] },
        mark: { type: "rule", color: ink.guide, strokeDash: [3 * unit, 2 * unit] },
        encoding: { x: x("at") },
      },
      { mark: "rule", encoding: { y, x: x("low"), x2: { field: "high" }, color } },
      {
        mark: { type: "bar", height: 9 * unit },
        encoding: { y, x: x("quarter"), x2: { field: "threeQuarters" }, color },
      },
      medianLayer(boxes, ends, { y, x: x("median"), color }, layout),
      {
        mark: { type: "text", align: "right", dx: right },
        encoding: { y, x: { value: "width" }, text: { field: "above" } },
      },
    ],
  };
}

/** The median as a tick in the ground's color; in the source's if the box is no wider than the tick. */
function medianLayer(
  boxes: Box[],
  ends: number[],
  { y, x, color }: Record<"y" | "x" | "color", Spec>,
  { unit, ink }: Layout,
): Spec {
  const thin = 0.015 * (Math.max(...ends) - Math.min(...ends));
  const isThin = `datum.threeQuarters - datum.quarter <= ${rounded(thin)}`;
  const anyThin = boxes.some(({ quarter, threeQuarters }) => threeQuarters - quarter <= thin);
  return {
    mark: {
      type: "tick",
      color: ink.ground,
      thickness: 1.5 * unit,
      size: 9 * unit,
      ...(anyThin ? { opacity: 1 } : {}),
    },
    encoding: {
      y,
      x,
      ...(anyThin ? { color: { condition: { test: isThin, ...color }, value: ink.ground } } : {}),
    },
  };
}
