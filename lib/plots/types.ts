import type { OptionKinds } from "../core/options.ts";
import type { Source } from "../tables/schema.ts";

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

/** Options of {@link Chart.svg}. */
export interface ChartSvgOptions {
  /** Total width: a column, a page, or CSS pixels. @default 540, which fit into a notebook beside its files */
  width?: Width | number;
  /** Size of axis and legend labels in CSS pixels, where `width` is in pixels. @default 12 */
  fontSize?: number;
  /**
   * `light` is for paper. `page` takes text, guides and ground from CSS variables of the page around the drawing, which
   * {@link chartColours} sets for light and dark; without them it is light. @default "light"
   */
  theme?: "light" | "page";
}

/** A chart: shows itself in a notebook, saves itself as SVG, PNG, PDF or JSON by the file's ending. */
export interface Chart {
  /** The Vega-Lite v5 specification as a notebook shows it, data included. */
  readonly spec: Spec;
  /** What the chart says, in words and numbers: shown where no picture can be, and read aloud by screen readers. */
  readonly text: string;
  /** Sentences that the caption below the chart has to add: how to read it. Often empty. */
  readonly caption: string;
  /** The drawing at the width of a screen, of a column or page of a paper, or in pixels of a web page; text stays text. */
  svg(options?: ChartSvgOptions): Promise<string>;
  /**
   * Writes the figure; characters of other scripts than DejaVu's are drawn from Noto fonts, as outlines, and a warning names
   * those for which there is no font. Fonts travel inside SVG and PDF, PNG has 600 dots an inch, `.json` is the specification.
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

/** A colour, or an expression of Vega that gives it. */
export type Colour = string | { readonly expr: string };

/** Colours that a chart has beside those of its sources: they follow a light or dark ground. */
export interface Ink {
  /** Words and numbers, and the positives' line. */
  readonly text: Colour;
  /** Words of less weight: the note above a chart. */
  readonly soft: Colour;
  /** Axes and dashed lines. */
  readonly guide: Colour;
  readonly grid: Colour;
  readonly ground: Colour;
  readonly falseNegative: Colour;
  /** Series that are no source, in their order. */
  readonly others: readonly Colour[];
}

/**
 * How a chart is drawn: `width` pixels in all, how many pixels a unit of the theme (1/96 inch) is, and the colours that
 * depend on the ground.
 */
export interface Layout {
  readonly width: number;
  readonly unit: number;
  readonly ink: Ink;
}

/** One colour per source, wherever it is shown. */
export type Palette = Readonly<Record<Source | "positive" | "false_negative", string>>;
