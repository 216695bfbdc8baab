import type { Layout, Palette, Spec, Width } from "./types.ts";

/**
 * Fixed colours by source, after Okabe and Ito, "Color Universal Design" (2008): told apart with any colour vision, and
 * in lightness, so that they survive a grey print.
 */
export const sourceColour: Palette = {
  random: "#999999",
  bm25: "#0072b2",
  dense: "#009e73",
  model: "#cc79a7",
  synthetic: "#d55e00",
  edit: "#e69f00",
  imported: "#56b4e9",
  positive: "#222222",
  false_negative: "#000000",
};

/** Colours that mean no source: the main series, better, worse, and guide lines. */
export const ink = { main: "#0072b2", better: "#0072b2", worse: "#d55e00", guide: "#777777", text: "#222222" } as const;

/** Typeface of all charts; its files come with the kit, the others stand in where a browser lacks it. */
export const FONT = "DejaVu Sans";
const FAMILY = `${FONT}, Verdana, sans-serif`;

/** Units of the type in which axes and legends are labelled. */
export const LABEL_SIZE = 9;
/** Square units that a symbol of a legend takes. */
export const SYMBOL_SIZE = 50;

/** Inches of the two widths of a paper. */
export const INCHES: Readonly<Record<Width, number>> = { column: 3.3, page: 6.9 };

/** How a chart is laid out on a screen: wider than a column, with larger type. */
export const SCREEN: Layout = { width: 480, unit: 1.25 };

/** How a chart is laid out on paper: 96 units an inch, so that labels of 9 units stand at 6.75 point. */
export function paper(width: Width): Layout {
  return { width: Math.round(INCHES[width] * 96), unit: 1 };
}

/** The house style as a Vega-Lite configuration: white ground, thin axes, faint grid, no frame. */
export function theme({ unit }: Layout): Spec {
  const label = round(LABEL_SIZE * unit);
  const small = { labelFontSize: label, titleFontSize: label, titleFontWeight: "normal", labelColor: ink.text };
  return {
    background: "white",
    font: FAMILY,
    padding: round(4 * unit),
    view: { stroke: null },
    // The chart as a whole is described; a label for every bar would only make the drawing large.
    mark: { aria: false },
    axis: {
      ...small,
      titleColor: ink.text,
      titlePadding: round(4 * unit),
      labelPadding: round(3 * unit),
      labelLimit: round(150 * unit),
      // Every other number rather than two that touch.
      labelOverlap: "parity",
      labelSeparation: round(4 * unit),
      domainColor: ink.guide,
      domainWidth: round(0.75 * unit),
      tickColor: ink.guide,
      tickSize: round(3 * unit),
      tickWidth: round(0.75 * unit),
      gridColor: "#e4e4e4",
      gridWidth: round(0.6 * unit),
      grid: false,
    },
    legend: {
      ...small,
      orient: "top",
      title: null,
      symbolSize: round(SYMBOL_SIZE * unit),
      columnPadding: round(8 * unit),
      offset: round(4 * unit),
      padding: 0,
    },
    header: { ...small, title: null, labelPadding: round(6 * unit) },
    title: {
      anchor: "start",
      frame: "bounds",
      fontSize: round(10 * unit),
      fontWeight: "bold",
      color: ink.text,
      subtitleFontSize: round(8.5 * unit),
      subtitleColor: "#555555",
      subtitlePadding: round(2 * unit),
      offset: round(6 * unit),
    },
    text: { fontSize: label, color: ink.text },
    line: { strokeWidth: round(1.4 * unit) },
    rule: { strokeWidth: round(1 * unit) },
    point: { size: round(28 * unit), filled: true, opacity: 1 },
    bar: { discreteBandSize: { band: 0.7 } },
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
