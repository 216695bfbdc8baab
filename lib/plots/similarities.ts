import * as z from "zod";
import { count, counted, percent } from "../core/format_numbers.ts";
import { type OptionShape, parseOptions } from "../core/parse_options.ts";
import type { SIMILARITIES } from "../tables/schema.ts";
import { sourceColor } from "../tables/sources.ts";
import type { Table } from "../tables/table.ts";
import { CHART_SHAPE, type ChartPart } from "./drawing/chart_part.ts";
import { type Bins, binsOf, edge, histogram } from "./drawing/histogram.ts";
import { makeChart } from "./drawing/make_chart.ts";
import { quantile, rounded } from "./drawing/numbers.ts";
import { type SimilarityGroup, similarityGroups } from "./drawing/similarity_groups.ts";
import type { Chart, ChartOptions, Layout, Spec } from "./types.ts";

/**
 * Options of {@link similarities}.
 *
 * @category Plots
 */
export interface SimilaritiesOptions extends ChartOptions {
  /**
   * Approximate number of bins over the whole range; their width is a round number.
   * @default {50}
   */
  bins?: number;
}

const OPTIONS = z.strictObject(
  { ...CHART_SHAPE, bins: z.number().min(1).default(50) } satisfies OptionShape<SimilaritiesOptions>,
);

/**
 * Similarity of negatives to their query, one row per source. A line outlines the positives; overlap with it means hard.
 * Bars below the axis, enlarged so that a few in a hundred are visible, are false negatives: mined "negatives" that do
 * answer the query. After figure 4 of SyNeg (Li et al., arXiv 2412.17250).
 *
 * @category Plots
 *
 * @throws {ArgumentError} for a table without rows or without the columns of SIMILARITIES, or less than one bin.
 *
 * @example
 * ```ts
 * import { SIMILARITIES } from "@syneg/kit/tables";
 * import { tableOf } from "@syneg/kit";
 * import { similarities } from "./mod.ts";
 * const row = { query_id: "q1", source: "bm25", similarity: 0.4, positive_similarity: 0.7 } as const;
 * console.log(similarities(tableOf(SIMILARITIES, [row])).text);
 * ```
 */
export function similarities(table: Table<typeof SIMILARITIES>, options: SimilaritiesOptions = {}): Chart {
  return draw(parseOptions("similarities", OPTIONS, options), table);
}

/** The entry of {@link similarities} in the registry. */
export const similaritiesChart: ChartPart<typeof OPTIONS, [Table<typeof SIMILARITIES>]> = {
  name: "similarities",
  about: "similarity of negatives to their query, by source, with the positives' outline",
  options: OPTIONS,
  make: draw,
};

/** Height of the highest bin of false negatives, as a share of the highest bin of negatives. */
const BELOW = 0.3;

function draw(options: z.output<typeof OPTIONS>, table: Table<typeof SIMILARITIES>): Chart {
  const groups = similarityGroups("similarities", table);
  const bins = binsOf(groups, options.bins);
  const { values, enlarged } = binned(groups, bins);
  const known = groups.some((group) => group.falseNegative);
  const title = `${
    table.metadata.get("syneg.similarity") === "dot" ? "inner product with" : "cosine similarity to"
  } the query`;
  return makeChart({
    text: ["Similarity of negatives to their query, by source", ...groups.map(sentence)],
    note: `${counted(table.length, "negative")} in bins of ${rounded(bins.step)}; line: the positive` +
      (known ? `; below: false negatives${enlarged > 1 ? ", enlarged" : ""}` : ""),
    caption: enlarged > 1 ? `False negatives are drawn ${enlarged} times as high as the other bars.` : undefined,
    build: (layout) => ({ data: { values }, ...specOf(groups, { bins, title, known }, layout) }),
  }, options);
}

/** A row per source and bin, and the factor by which false negatives are enlarged. */
function binned(groups: readonly SimilarityGroup[], bins: Bins): { values: Spec[]; enlarged: number } {
  const shares = groups.map((group) => histogram(group, bins));
  const highest = (kind: "negatives" | "false") => Math.max(...shares.flatMap((one) => [...one[kind]]));
  // A few in a hundred would be a hairline, so all false negatives are enlarged by the same whole number.
  const falseHighest = highest("false");
  const enlarged = falseHighest > 0 ? Math.max(1, Math.round(BELOW * highest("negatives") / falseHighest)) : 1;
  const values = groups.flatMap((group, g) =>
    Array.from({ length: bins.count + 1 }, (_, bin) => ({
      source: group.source,
      words: words(group),
      from: edge(bins, bin),
      to: edge(bins, Math.min(bin + 1, bins.count)),
      negatives: rounded(shares[g].negatives[bin] ?? 0),
      positives: rounded(shares[g].positives[bin] ?? 0),
      false: rounded(shares[g].false[bin] ?? 0),
      below: rounded(-(shares[g].false[bin] ?? 0) * enlarged),
    }))
  );
  return { values, enlarged };
}

/** What the rows have in common: bins, title of the axis, and whether false negatives are known. */
interface Common {
  bins: Bins;
  title: string;
  known: boolean;
}

function specOf(groups: readonly SimilarityGroup[], common: Common, { width, unit, ink }: Layout): Spec {
  const { bins, title, known } = common;
  const row = width > 500 * unit ? 54 : groups.length > 4 ? 30 : 38;
  const height = Math.round(row * unit);
  const sources = groups.map(({ source }) => source);
  const x = {
    field: "from",
    type: "quantitative",
    title,
    scale: { zero: false, nice: false, domain: [edge(bins, 0), edge(bins, bins.count)] },
  };
  const y = (field: string) => ({ field, type: "quantitative", axis: null });
  const bar = (field: string) => ({ x, x2: { field: "to" }, y: y(field), y2: { datum: 0 } });
  const color = {
    field: "source",
    type: "nominal",
    legend: null,
    scale: { domain: sources, range: sources.map((source) => sourceColor[source]) },
  };
  const words = (field: string, dy: number, bold: boolean) => ({
    transform: [{ filter: `datum.from === ${edge(bins, 0)}` }],
    mark: {
      type: "text",
      align: "right",
      baseline: "middle",
      lineBreak: "|",
      lineHeight: 11 * unit,
      dy: dy * unit,
      fontWeight: bold ? "bold" : "normal",
    },
    encoding: { x: { value: -5 * unit }, y: { value: height / 2 }, text: { field } },
  });
  const layer = [
    { mark: { type: "bar", binSpacing: 0, opacity: 0.75 }, encoding: { ...bar("negatives"), color } },
    { mark: { type: "bar", binSpacing: 0, color: ink.falseNegative }, encoding: bar("below") },
    {
      mark: { type: "line", interpolate: "step-after", color: ink.text, strokeWidth: unit },
      encoding: { x, y: y("positives") },
    },
    words("source", known ? -11 : -5.5, true),
    words("words", known ? 0 : 5.5, false),
  ];
  const header = { labels: false, title: null };
  return {
    facet: { row: { field: "source", type: "nominal", sort: sources, header } },
    spacing: 5 * unit,
    spec: { width: Math.round(width - 82 * unit), height, layer },
    resolve: { scale: { y: "independent" } },
  };
}

function falseShare(group: SimilarityGroup): number | undefined {
  return group.falseNegative && group.falseNegative.filter(Boolean).length / group.falseNegative.length;
}

function words(group: SimilarityGroup): string {
  const share = falseShare(group);
  return count(group.similarity.length) + (share === undefined ? "" : `|${percent(share)} false`);
}

function sentence(group: SimilarityGroup): string {
  const median = (values: Float64Array) => quantile(values.toSorted(), 0.5).toFixed(3);
  const share = falseShare(group);
  return `${group.source}: ${counted(group.similarity.length, "negative")}, median ${median(group.similarity)}, ` +
    `the positive ${median(group.positive)}${share === undefined ? "" : `, ${percent(share)} false negatives`}`;
}
