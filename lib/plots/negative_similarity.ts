import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import type { SIMILARITIES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { makeChart } from "./chart.ts";
import { count, counted, niceStep, percent, quantile, rounded } from "./numbers.ts";
import { type SimilarityGroup, similarityGroups } from "./similarity_groups.ts";
import { sourceColour } from "./theme.ts";
import type { Chart, ChartOptions } from "./types.ts";

/** Options of {@link negativeSimilarity}. */
export interface NegativeSimilarityOptions extends ChartOptions {
  /** About how many bins the whole range has; their width is a round number. @default 50 */
  bins?: number;
}

const NEGATIVE_SIMILARITY_OPTIONS: OptionKinds<NegativeSimilarityOptions> = { title: "string", bins: "number" };

/**
 * Distributions of the cosine similarity to the query, one row per source of negatives, with the positives' distribution
 * as a line beside it, and that of the false negatives below the axis, enlarged so that a few in a hundred are seen. What
 * overlaps the line is hard; what is below the axis is a positive that training would push away. After figure 4 of SyNeg (Li et
 * al., arXiv 2412.17250).
 *
 * @throws {ArgumentError} on a table without rows or without the columns of SIMILARITIES, or less than one bin.
 * @example
 * ```ts
 * import { negativeSimilarity, SIMILARITIES, tableOf } from "@syneg/kit";
 * const row = { query_id: "q1", source: "bm25", similarity: 0.4, positive_similarity: 0.7 } as const;
 * console.log(negativeSimilarity(tableOf(SIMILARITIES, [row])).text);
 * ```
 */
export function negativeSimilarity(
  similarities: Table<typeof SIMILARITIES>,
  options: NegativeSimilarityOptions = {},
): Chart {
  checkOptions<NegativeSimilarityOptions>("negativeSimilarity", options, NEGATIVE_SIMILARITY_OPTIONS);
  const { bins: wanted = 50 } = options;
  if (!(Number.isFinite(wanted) && wanted >= 1)) {
    throw new ArgumentError(`Cannot draw negativeSimilarity: found ${wanted} in option "bins", wanted 1 or more`);
  }
  const groups = similarityGroups("negativeSimilarity", similarities);
  const all = groups.flatMap((group) => [range(group.similarity), range(group.positive)]);
  const [least, most] = [Math.min(...all.map((r) => r[0])), Math.max(...all.map((r) => r[1]))];
  const { first, step, bins } = binsOf(least, most, wanted);
  const edge = (bin: number) => rounded((first + bin) * step);

  const binnedGroups = groups.map((group) => histogram(group, first, step, bins));
  const highest = (pick: (shares: Shares) => Float64Array) =>
    Math.max(...binnedGroups.flatMap((one) => [...pick(one)]));
  // A few in a hundred would be a hairline, so all false negatives are enlarged by the same whole number.
  const falseHighest = highest((shares) => shares.false);
  const enlarged = falseHighest > 0
    ? Math.max(1, Math.round(BELOW * highest((one) => one.negatives) / falseHighest))
    : 1;
  const values = groups.flatMap((group, g) => {
    const binned = binnedGroups[g];
    return Array.from({ length: bins + 1 }, (_, bin) => ({
      source: group.source,
      words: words(group),
      from: edge(bin),
      to: edge(Math.min(bin + 1, bins)),
      negatives: bin < bins ? rounded(binned.negatives[bin]) : 0,
      positives: bin < bins ? rounded(binned.positives[bin]) : 0,
      false: bin < bins ? rounded(binned.false[bin]) : 0,
      below: bin < bins ? rounded(-binned.false[bin] * enlarged) : 0,
    }));
  });
  const known = groups.some((group) => group.falseNegative);
  return makeChart({
    text: ["Similarity of negatives to their query, by source", ...groups.map(sentence)],
    note: `${counted(similarities.length, "negative")} in bins of ${rounded(step)}; line: the positive` +
      (known ? `; below: false negatives${enlarged > 1 ? ", enlarged" : ""}` : ""),
    caption: enlarged > 1 ? `False negatives are drawn ${enlarged} times as high as the other bars.` : undefined,
    build: ({ width, unit, ink }) => {
      const row = width > 500 * unit ? 54 : groups.length > 4 ? 30 : 38;
      const height = Math.round(row * unit);
      const x = {
        field: "from",
        type: "quantitative",
        title: `${
          similarities.metadata.get("syneg.similarity") === "dot" ? "inner product with" : "cosine similarity to"
        } the query`,
        scale: { zero: false, nice: false, domain: [edge(0), edge(bins)] },
      };
      const y = (field: string) => ({ field, type: "quantitative", axis: null });
      const bar = (field: string) => ({ x, x2: { field: "to" }, y: y(field), y2: { datum: 0 } });
      const words = (field: string, dy: number, bold: boolean) => ({
        transform: [{ filter: `datum.from === ${edge(0)}` }],
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
      return {
        data: { values },
        facet: {
          row: {
            field: "source",
            type: "nominal",
            sort: groups.map((group) => group.source),
            header: { labels: false, title: null },
          },
        },
        spacing: 5 * unit,
        spec: {
          width: Math.round(width - 82 * unit),
          height,
          layer: [
            {
              mark: { type: "bar", binSpacing: 0, opacity: 0.75 },
              encoding: {
                ...bar("negatives"),
                color: {
                  field: "source",
                  type: "nominal",
                  legend: null,
                  scale: { domain: groups.map((g) => g.source), range: groups.map((g) => sourceColour[g.source]) },
                },
              },
            },
            {
              mark: { type: "bar", binSpacing: 0, color: ink.falseNegative },
              encoding: bar("below"),
            },
            {
              mark: { type: "line", interpolate: "step-after", color: ink.text, strokeWidth: unit },
              encoding: { x, y: y("positives") },
            },
            words("source", known ? -11 : -5.5, true),
            words("words", known ? 0 : 5.5, false),
          ],
        },
        resolve: { scale: { y: "independent" } },
      };
    },
  }, options);
}

/** How high the highest bin of false negatives is, as a share of the highest bin of negatives. */
const BELOW = 0.3;

type Shares = Record<"negatives" | "positives" | "false", Float64Array>;

function range(values: Float64Array): [number, number] {
  return [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
}

/** Bins of a round width from `least` to `most`; around values that are all but equal there are five on either side. */
function binsOf(least: number, most: number, wanted: number): { first: number; step: number; bins: number } {
  const size = Math.max(Math.abs(least), Math.abs(most)) || 1;
  const equal = most - least < 1e-3 * size;
  const step = equal ? niceStep(size, 50) : niceStep(most - least, wanted);
  const around = equal ? 5 : 0;
  const first = Math.floor(least / step + 1e-9) - around;
  return { first, step, bins: Math.max(1, Math.ceil(most / step - 1e-9) - first + around) };
}

/** Shares of the group's rows by bin. */
function histogram(group: SimilarityGroup, first: number, step: number, bins: number): Shares {
  const shares = {
    negatives: new Float64Array(bins),
    positives: new Float64Array(bins),
    false: new Float64Array(bins),
  };
  const total = group.similarity.length;
  const bin = (value: number) => Math.min(bins - 1, Math.max(0, Math.floor(value / step + 1e-9) - first));
  for (let i = 0; i < total; i++) {
    shares.negatives[bin(group.similarity[i])] += 1 / total;
    shares.positives[bin(group.positive[i])] += 1 / total;
    if (group.falseNegative?.[i]) shares.false[bin(group.similarity[i])] += 1 / total;
  }
  return shares;
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
