import * as z from "zod";
import { ArgumentError } from "../core/errors.ts";
import { signed } from "../core/format_numbers.ts";
import { type OptionShape, parseOptions } from "../core/parse_options.ts";
import { CHART_SHAPE, type ChartPart } from "./drawing/chart_part.ts";
import { checkNumber, checkRows } from "./drawing/checks.ts";
import { makeChart } from "./drawing/make_chart.ts";
import { hue } from "./drawing/theme.ts";
import type { Chart, ChartOptions, Layout, Spec } from "./types.ts";

/**
 * A cell of {@link transfer}.
 *
 * @category Plots
 */
export interface TransferCell {
  /** Name of the arm. */
  readonly arm: string;
  /** Name of the collection. */
  readonly collection: string;
  /** Paired difference to the baseline. */
  readonly difference: number;
  /** p after adjustment. Omit if it is unknown. */
  readonly adjusted?: number;
}

/**
 * Options of {@link transfer}.
 *
 * @category Plots
 */
export interface TransferOptions extends ChartOptions {
  /**
   * Name of the measure.
   * @default {"nDCG@10"}
   */
  measure?: string;
  /**
   * Name of the arm that the others are compared with.
   * @default {"the baseline"}
   */
  baseline?: string;
  /**
   * Differences with a p below this are set in bold.
   * @default {0.05}
   */
  alpha?: number;
}

const OPTIONS = z.strictObject(
  {
    ...CHART_SHAPE,
    measure: z.string().default("nDCG@10"),
    baseline: z.string().default("the baseline"),
    alpha: z.number().positive().lt(1).default(0.05),
  } satisfies OptionShape<TransferOptions>,
);

/**
 * Heat map of paired differences to a baseline, arms by collections: blue is better, orange is worse, bold is significant.
 *
 * @category Plots
 *
 * @throws {ArgumentError} for an empty list, a number that is not finite, or two cells of one arm and collection.
 *
 * @example
 * ```ts
 * import { transfer } from "./mod.ts";
 * console.log(transfer([{ arm: "dense", collection: "nfcorpus", difference: 0.012, adjusted: 0.01 }]).text);
 * ```
 */
export function transfer(cells: readonly TransferCell[], options: TransferOptions = {}): Chart {
  return draw(parseOptions("transfer", OPTIONS, options), cells);
}

/** The entry of {@link transfer} in the registry. */
export const transferChart: ChartPart<typeof OPTIONS, [readonly TransferCell[]]> = {
  name: "transfer",
  about: "paired differences of arms to their baseline on several collections",
  options: OPTIONS,
  make: draw,
};

function draw(
  { measure, baseline, alpha, ...options }: z.output<typeof OPTIONS>,
  cells: readonly TransferCell[],
): Chart {
  check(cells);
  const shown = cells.map(({ arm, collection, difference, adjusted }) => ({
    ...{ arm, collection, difference },
    text: signed(difference),
    significant: adjusted !== undefined && adjusted < alpha,
  }));
  return makeChart({
    text: [
      `Paired difference of ${measure} to ${baseline} by arm and collection`,
      ...shown.map(({ arm, collection, text, significant }) =>
        `${arm} on ${collection}: ${text}${significant ? ", significant" : ""}`
      ),
    ],
    note: `paired difference in ${measure} to ${baseline}; bold: p < ${alpha}`,
    build: (layout) => specOf(shown, layout),
  }, options);
}

function check(cells: readonly TransferCell[]): void {
  checkRows("transfer", cells, []);
  const seen = new Set<string>();
  for (const { arm, collection, difference, adjusted } of cells) {
    checkNumber("transfer", difference, `arm "${arm}" on "${collection}", field "difference"`);
    if (adjusted !== undefined) checkNumber("transfer", adjusted, `arm "${arm}" on "${collection}", field "adjusted"`);
    const key = JSON.stringify([arm, collection]);
    if (seen.has(key)) {
      throw new ArgumentError(`Cannot draw transfer: two cells are of arm "${arm}" on "${collection}"`);
    }
    seen.add(key);
  }
}

interface Shown {
  arm: string;
  collection: string;
  difference: number;
  text: string;
  significant: boolean;
}

function specOf(cells: readonly Shown[], { width, unit, ink }: Layout): Spec {
  const arms = [...new Set(cells.map(({ arm }) => arm))];
  const collections = [...new Set(cells.map(({ collection }) => collection))];
  const largest = Math.max(...cells.map(({ difference }) => Math.abs(difference)), 1e-9);
  // Opacity, so that the same color is fainter on a light and on a dark ground.
  const strength = { type: "quantitative", legend: null, scale: { domain: [0, largest], range: [0.04, 0.9] } };
  const field = (name: string) => ({
    field: name,
    type: "nominal",
    axis: { domain: false, ticks: false },
    title: null,
  });
  return {
    width,
    height: Math.round(24 * unit * arms.length),
    autosize: { type: "fit-x", contains: "padding" },
    data: { values: cells.map((cell) => ({ ...cell, size: Math.abs(cell.difference) })) },
    encoding: {
      y: { ...field("arm"), sort: arms },
      x: {
        ...field("collection"),
        sort: collections,
        axis: { orient: "top", labelAngle: 0, domain: false, ticks: false },
      },
    },
    layer: [
      {
        mark: { type: "rect", stroke: ink.ground, strokeWidth: 1.5 * unit },
        encoding: {
          color: { condition: { test: "datum.difference < 0", value: hue.worse }, value: hue.better },
          fillOpacity: { field: "size", ...strength },
        },
      },
      ...[true, false].map((significant) => ({
        transform: [{ filter: `datum.significant === ${significant}` }],
        mark: { type: "text", fontWeight: significant ? "bold" : "normal" },
        encoding: {
          text: { field: "text" },
          color: { condition: { test: `datum.size > ${0.6 * largest}`, value: "#ffffff" }, value: ink.text },
        },
      })),
    ],
  };
}
