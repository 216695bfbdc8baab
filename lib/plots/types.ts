import type { OptionKinds } from "../core/options.ts";
import type { Source } from "../data/schema.ts";

/** Column width (3.3 inch) or page width (6.9 inch) of a paper. */
export type Width = "column" | "page";

/** A Vega-Lite specification, or a part of one. */
export type Spec = Record<string, unknown>;

/** Options of {@link Chart.save}. */
export interface ChartSaveOptions {
  /** Total width of the figure. @default "column" */
  width?: Width;
  /** Replace an existing file. @default false */
  overwrite?: boolean;
}

/** A chart: shows itself in a notebook, saves itself as SVG, PNG, PDF or JSON by the file's ending. */
export interface Chart {
  /** The Vega-Lite v5 specification as a notebook shows it, data included. */
  readonly spec: Spec;
  /** What the chart says, in words and numbers: shown where no picture can be, and read aloud by screen readers. */
  readonly text: string;
  /** The drawing at the width of a screen, or of a column or page; text stays text. */
  svg(options?: { width?: Width }): Promise<string>;
  /**
   * Writes the figure; fonts travel inside SVG and PDF, PNG has 600 dots an inch, `.json` is the specification.
   *
   * @throws {ArgumentError} on any other ending, before anything is drawn.
   * @throws {KitError} if the file exists and `overwrite` is not set.
   */
  save(path: string, options?: ChartSaveOptions): Promise<void>;
}

/** Options that every chart has. */
export interface ChartOptions {
  /** A line above the chart. @default none: in a paper the caption says it */
  title?: string;
}

/** Kinds of {@link ChartOptions}. */
export const CHART_OPTIONS: OptionKinds<ChartOptions> = { title: "string" };

/** How large a chart is drawn: `width` pixels in all, and how many pixels a unit of the theme (1/96 inch) is. */
export interface Layout {
  readonly width: number;
  readonly unit: number;
}

/** One colour per source, wherever it is shown. */
export type Palette = Readonly<Record<Source | "positive" | "false_negative", string>>;
