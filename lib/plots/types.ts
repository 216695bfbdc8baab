import type { Source } from "../tables/schema.ts";

/**
 * Column width (3.3 inches) or page width (6.9 inches) of a paper.
 *
 * @category Plots
 */
export type Width = "column" | "page";

/**
 * A Vega-Lite specification, or a part of one.
 *
 * @category Plots
 */
export type Spec = Record<string, unknown>;

/**
 * Options of {@link Chart.save}.
 *
 * @category Plots
 */
export interface ChartSaveOptions {
  /**
   * Total width of the figure.
   * @default {"column"}
   */
  width?: Width;
  /**
   * Replace an existing file.
   * @default {false}
   */
  overwrite?: boolean;
}

/**
 * Options of {@link Chart.svg}.
 *
 * @category Plots
 */
export interface ChartSvgOptions {
  /**
   * Total width: a column, a page, or CSS pixels. The default fits into a notebook beside its file list.
   * @default {540}
   */
  width?: Width | number;
  /**
   * Size of axis and legend labels in CSS pixels, if `width` is in pixels.
   * @default {12}
   */
  fontSize?: number;
  /**
   * `light` is for paper. `page` takes text, guides and ground from CSS variables of the surrounding page, which
   * {@link cssVariables} sets for light and dark; without them it looks like `light`.
   * @default {"light"}
   */
  theme?: "light" | "page";
}

/**
 * A chart: displays itself in a notebook, and saves itself as SVG, PNG, PDF or JSON.
 *
 * @category Plots
 */
export interface Chart {
  /** The Vega-Lite v5 specification as a notebook shows it, data included. */
  readonly spec: Spec;
  /** The chart's content in words and numbers, for terminals and screen readers. */
  readonly text: string;
  /** What the caption below the chart must add so that readers understand it. Often empty. */
  readonly caption: string;
  /** Draws the chart for a screen, for a column or page of a paper, or for a web page. Text stays text. */
  svg(options?: ChartSvgOptions): Promise<string>;
  /**
   * Writes the figure in the format of the file's ending: `.svg`, `.png`, `.pdf`, or `.json` for the specification.
   * SVG and PDF embed their fonts; PNG has 600 dots per inch. Characters that DejaVu lacks are drawn as outlines from
   * Noto fonts; a warning names those that no font has.
   *
   * @throws {ArgumentError} for any other ending, before anything is drawn.
   * @throws {KitError} if the file exists and `overwrite` is not set.
   */
  save(path: string, options?: ChartSaveOptions): Promise<void>;
}

/**
 * Options of every chart.
 *
 * @category Plots
 */
export interface ChartOptions {
  /** A line above the chart. Omit it if a caption says the same, as in a paper. */
  title?: string;
}

/** A color, or a Vega expression that returns one. */
export type Color = string | { readonly expr: string };

/** Colors that do not belong to a source. They follow the light or dark ground. */
export interface Ink {
  /** Words and numbers, and the outline of the positives. */
  readonly text: Color;
  /** Less important words: the note above a chart. */
  readonly soft: Color;
  /** Axes and dashed lines. */
  readonly guide: Color;
  readonly grid: Color;
  readonly ground: Color;
  readonly falseNegative: Color;
  /** Series that are not a source, in their order. */
  readonly others: readonly Color[];
}

/** Size and colors of a drawing: total `width` in pixels, pixels per `unit` of the theme (1/96 inch), and the ink. */
export interface Layout {
  readonly width: number;
  readonly unit: number;
  readonly ink: Ink;
}

/**
 * One color per source, the same in every chart.
 *
 * @category Plots
 */
export type Palette = Readonly<Record<Source | "positive" | "false_negative", string>>;
