import { sourceColor } from "../../tables/sources.ts";
import type { Color, Ink, Layout, Palette, Spec, Width } from "../types.ts";

/**
 * The fixed color of every source, of positives, and of false negatives.
 *
 * @category Plots
 */
export const colors: Palette = { ...sourceColor, positive: "#222222", false_negative: "#000000" };

/** Colors for anything but sources, on any ground: the main series, better, worse. */
export const hue = { main: "#0072b2", better: "#0072b2", worse: "#d55e00" } as const;

type Shades = Readonly<Record<Exclude<keyof Ink, "others">, string>> & { readonly others: readonly string[] };

/** On paper. Series that are not a source take their colors from Tol, "Colour schemes" (2021), vivid and dark. */
const LIGHT: Shades = {
  text: colors.positive,
  soft: "#555555",
  guide: "#777777",
  grid: "#e4e4e4",
  ground: "#ffffff",
  falseNegative: colors.false_negative,
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

/** An ink whose colors `pick` derives from the light and the dark one of each name. */
function inkOf(pick: (name: string, light: string, dark: string) => Color): Ink {
  const { others, ...single } = LIGHT;
  const names = Object.keys(single) as (keyof typeof single)[];
  return {
    ...Object.fromEntries(names.map((name) => [name, pick(name, LIGHT[name], DARK[name])])) as Omit<Ink, "others">,
    others: others.map((light, i) => pick(`series-${i + 1}`, light, DARK.others[i])),
  };
}

const paperInk = inkOf((_, light) => light);
const pageInk = inkOf((name, light) => `var(--chart-${name}, ${light})`);
/** In its dark theme, JupyterLab gives Vega a dark ground, which Vega calls `background`. */
const screenInk = inkOf((_, light, dark) => ({ expr: `luminance(background) > 0.4 ? '${light}' : '${dark}'` }));

/**
 * CSS declarations of the colors that charts drawn with the theme `page` use, for a light or a dark page. Redeclare
 * `--chart-ground` to match another ground.
 *
 * @category Plots
 *
 * @example
 * ```ts
 * import { cssVariables } from "../mod.ts";
 * console.log(`:root { ${cssVariables("light")} }`);
 * ```
 */
export function cssVariables(theme: "light" | "dark"): string {
  const lines: string[] = [];
  inkOf((name, light, dark) => {
    lines.push(`--chart-${name}: ${theme === "light" ? light : dark};`);
    return light;
  });
  return lines.join(" ");
}

/** Typeface of all charts. The kit ships its files; the fallbacks serve browsers without it. */
export const FONT = "DejaVu Sans";
const FAMILY = `${FONT}, Verdana, sans-serif`;

/** Size of axis and legend labels, in units. */
export const LABEL_SIZE = 9;
/** Area of a legend symbol, in square units. */
export const SYMBOL_SIZE = 50;

/** Inches of the two widths of a paper. */
export const INCHES: Readonly<Record<Width, number>> = { column: 3.3, page: 6.9 };

/** Layout on a screen: wider than a column, with larger type. */
export const SCREEN: Layout = { width: 540, unit: 4 / 3, ink: screenInk };

/** Layout on paper: 96 units per inch, so that labels of 9 units measure 6.75 points. */
export function paper(width: Width): Layout {
  return { width: Math.round(INCHES[width] * 96), unit: 1, ink: paperInk };
}

/** Layout in a web page: `width` pixels with labels of `fontSize` pixels. */
export function webPage(width: number, fontSize: number, theme: "light" | "page"): Layout {
  return { width, unit: fontSize / LABEL_SIZE, ink: theme === "page" ? pageInk : paperInk };
}

/** The house style as a Vega-Lite configuration: thin axes, faint grid, no frame. */
export function theme(layout: Layout): Spec {
  const { unit, ink } = layout;
  return {
    // On a screen the ground is the viewer's.
    ...(typeof ink.ground === "string" ? { background: ink.ground } : {}),
    font: FAMILY,
    padding: round(4 * unit),
    view: { stroke: null },
    // The chart as a whole has a description; a label for every bar would only enlarge the drawing.
    mark: { aria: false },
    axis: axisStyle(layout),
    legend: {
      ...labelStyle(layout),
      orient: "top",
      title: null,
      symbolSize: round(SYMBOL_SIZE * unit),
      columnPadding: round(8 * unit),
      offset: round(4 * unit),
      padding: 0,
    },
    header: { ...labelStyle(layout), title: null, labelPadding: round(6 * unit) },
    title: titleStyle(layout),
    text: { fontSize: round(LABEL_SIZE * unit), color: ink.text },
    line: { strokeWidth: round(1.4 * unit) },
    rule: { strokeWidth: round(1 * unit) },
    point: { size: round(28 * unit), filled: true, opacity: 1 },
    bar: { discreteBandSize: { band: 0.7 } },
  };
}

function labelStyle({ unit, ink }: Layout): Spec {
  const size = round(LABEL_SIZE * unit);
  return { labelFontSize: size, titleFontSize: size, titleFontWeight: "normal", labelColor: ink.text };
}

function axisStyle(layout: Layout): Spec {
  const { unit, ink } = layout;
  return {
    ...labelStyle(layout),
    titleColor: ink.text,
    titlePadding: round(4 * unit),
    labelPadding: round(3 * unit),
    labelLimit: round(150 * unit),
    // Every other number rather than two that touch.
    labelOverlap: "parity",
    // Centers the first and the last number under their ticks, too.
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
  };
}

/** Style of title and note. */
export function titleStyle({ unit, ink }: Layout): TitleStyle {
  return {
    anchor: "start",
    frame: "bounds",
    fontSize: round(10 * unit),
    fontWeight: "bold",
    color: ink.text,
    subtitleFontSize: round(8.5 * unit),
    subtitleColor: ink.soft,
    subtitlePadding: round(2 * unit),
    offset: round(6 * unit),
  };
}

interface TitleStyle extends Spec {
  fontSize: number;
  color: Color;
  subtitleFontSize: number;
  subtitleColor: Color;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
