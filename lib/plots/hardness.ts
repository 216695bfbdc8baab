import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { SIMILARITIES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { makeChart } from "./chart.ts";
import { ArgumentError } from "../core/errors.ts";
import { labelWidth } from "./labels.ts";
import { aroundOne, count, counted, percent, quantile, rounded } from "./numbers.ts";
import { similarityGroups } from "./similarity_groups.ts";
import { sourceColour } from "./theme.ts";
import type { Chart, ChartOptions } from "./types.ts";

/** Options of {@link hardness}. */
export interface HardnessOptions extends ChartOptions {
  /** Where a relative margin filter would cut: NV-Retriever (arXiv 2407.15831) keeps what is below. @default 0.95 */
  threshold?: number;
}

const HARDNESS_OPTIONS: OptionKinds<HardnessOptions> = { title: "string", threshold: "number" };

/**
 * Hardness s-/s+ of negatives by source: median, middle half, 5th to 95th percentile, and the share at or above the
 * threshold. 1 means as similar to the query as its positive. Rows whose positive has no similarity above 0 have no such
 * ratio; they are left out and counted in the chart.
 *
 * @throws {ArgumentError} on a table without rows, without the columns of SIMILARITIES, or without any usable row.
 */
export function hardness(similarities: Table<typeof SIMILARITIES>, options: HardnessOptions = {}): Chart {
  checkOptions<HardnessOptions>("hardness", options, HARDNESS_OPTIONS);
  const threshold = options.threshold ?? 0.95;
  let left = 0;
  const values = similarityGroups("hardness", similarities).flatMap((group) => {
    const ratios = group.similarity.map((similarity, i) => similarity / group.positive[i])
      .filter((_, i) => group.positive[i] > 0).sort();
    left += group.similarity.length - ratios.length;
    if (ratios.length === 0) return [];
    const at = (share: number) => rounded(quantile(ratios, share));
    const above = ratios.filter((ratio) => ratio >= threshold).length / ratios.length;
    return [{
      source: group.source,
      number: ratios.length,
      low: at(0.05),
      quarter: at(0.25),
      median: at(0.5),
      threeQuarters: at(0.75),
      high: at(0.95),
      above: percent(above),
    }];
  });
  if (values.length === 0) {
    throw new ArgumentError(
      `Cannot draw hardness: the positive's similarity is 0 or less in all ${count(similarities.length)} rows`,
    );
  }
  const ends = [threshold, ...values.flatMap(({ low, high }) => [low, high])];
  // On a box no wider than itself a white tick would leave nothing to see.
  const thin = 0.015 * (Math.max(...ends) - Math.min(...ends));
  const isThin = `datum.threeQuarters - datum.quarter <= ${rounded(thin)}`;
  const anyThin = values.some(({ quarter, threeQuarters }) => threeQuarters - quarter <= thin);
  const number = values.reduce((sum, value) => sum + value.number, 0);
  return makeChart({
    text: [
      "Hardness of negatives, s-/s+, by source",
      ...values.map((v) =>
        `${v.source}: ${counted(v.number, "negative")}, median ${v.median.toFixed(3)}, ` +
        `5 % below ${v.low.toFixed(3)}, 5 % above ${v.high.toFixed(3)}, ${v.above} at ${threshold} or more`
      ),
    ],
    note: `${counted(number, "negative")}: median, middle half, 5th to 95th percentile` +
      (left === 0 ? "" : `; ${count(left)} left out (s+ ≤ 0)`) + `; right: share at ${threshold} (dashed) or more`,
    build: (layout) => {
      const { width, unit, ink } = layout;
      const right = Math.max(34 * unit, ...values.map(({ above }) => labelWidth(above, layout) + 2 * unit));
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
        scale: { domain: values.map((v) => v.source), range: values.map((v) => sourceColour[v.source]) },
      };
      return {
        width,
        height: Math.round(20 * unit * values.length),
        autosize: { type: "fit-x", contains: "padding" },
        data: { values },
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
          {
            mark: {
              type: "tick",
              color: ink.ground,
              thickness: 1.5 * unit,
              size: 9 * unit,
              ...(anyThin ? { opacity: 1 } : {}),
            },
            encoding: {
              y,
              x: x("median"),
              ...(anyThin ? { color: { condition: { test: isThin, ...color }, value: ink.ground } } : {}),
            },
          },
          {
            mark: { type: "text", align: "right", dx: right },
            encoding: { y, x: { value: "width" }, text: { field: "above" } },
          },
        ],
      };
    },
  }, options);
}
