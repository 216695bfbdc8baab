import type { Colour, Ink, Layout, Palette, Spec, Width } from "./types.ts";

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

/** Colours that mean no source, on any ground: the main series, better, worse. */
export const hue = { main: "#0072b2", better: "#0072b2", worse: "#d55e00" } as const;

type Shades = Readonly<Record<Exclude<keyof Ink, "others">, string>> & { readonly others: readonly string[] };

/** On paper. Series that are no source are coloured after Tol, "Colour schemes" (2021): vivid and dark ones. */
const LIGHT: Shades = {
  text: sourceColour.positive,
  soft: "#555555",
  guide: "#777777",
  grid: "#e4e4e4",
  ground: "#ffffff",
  falseNegative: sourceColour.false_negative,
  others: ["#882255", "#332288", "#ddaa33", "#44aa99", "#aa4499", "#222222"],
};

/** The same on a dark ground. */
const DARK: Shades = {
  text: "#e6edf3",
  soft: "#a9b4be",
  guide: "#8b949e",
  grid: "#3a424b",
  ground: "#0f1419",
  falseNegative: "#ffffff",
  others: ["#e07aa8", "#9d8fff", "#ddaa33", "#44aa99", "#d67fd0", "#e6edf3"],
};

/** Colours as `pick` gives them of the light and the dark one of a name. */
function inkOf(pick: (name: string, light: string, dark: string) => Colour): Ink {
  const { others, ...single } = LIGHT;
  const names = Object.keys(single) as (keyof typeof single)[];
  return {
    ...Object.fromEntries(names.map((name) => [name, pick(name, LIGHT[name], DARK[name])])) as Omit<Ink, "others">,
    others: others.map((light, i) => pick(`series-${i + 1}`, light, DARK.others[i])),
  };
}

const paperInk = inkOf((_, light) => light);
const pageInk = inkOf((name, light) => `var(--chart-${name}, ${light})`);
/** JupyterLab gives Vega a dark ground in its dark theme; Vega knows the ground under this name. */
const screenInk = inkOf((_, light, dark) => ({ expr: `luminance(background) > 0.4 ? '${light}' : '${dark}'` }));

/** The CSS variables of charts drawn for a page, for a light or a dark one; they may be set again for a certain ground. */
export function chartColours(theme: "light" | "dark"): string {
  const lines: string[] = [];
  inkOf((name, light, dark) => {
    lines.push(`--chart-${name}: ${theme === "light" ? light : dark};`);
    return light;
  });
  return lines.join(" ");
}

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
export const SCREEN: Layout = { width: 540, unit: 4 / 3, ink: screenInk };

/** How a chart is laid out on paper: 96 units an inch, so that labels of 9 units stand at 6.75 point. */
export function paper(width: Width): Layout {
  return { width: Math.round(INCHES[width] * 96), unit: 1, ink: paperInk };
}

/** How a chart is laid out in a web page: `width` pixels with labels of `fontSize` pixels. */
export function webPage(width: number, fontSize: number, theme: "light" | "page"): Layout {
  return { width, unit: fontSize / LABEL_SIZE, ink: theme === "page" ? pageInk : paperInk };
}

/** The house style as a Vega-Lite configuration: thin axes, faint grid, no frame. */
export function theme({ unit, ink }: Layout): Spec {
  const label = round(LABEL_SIZE * unit);
  const small = { labelFontSize: label, titleFontSize: label, titleFontWeight: "normal", labelColor: ink.text };
  return {
    // On a screen the ground is the viewer's.
    ...(typeof ink.ground === "string" ? { background: ink.ground } : {}),
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
      // The first and the last number under their ticks, too, not pushed inwards.
      labelFlush: false,
      labelSeparation: round(4 * unit),
      domainColor: ink.guide,
      domainWidth: round(0.75 * unit),
      tickColor: ink.guide,
      tickSize: round(3 * unit),
      tickWidth: round(0.75 * unit),
      gridColor: ink.grid,
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
      subtitleColor: ink.soft,
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
