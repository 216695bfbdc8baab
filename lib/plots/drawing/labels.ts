import { graphemes } from "../../core/display_width.ts";
import { loadFonts, measureText, wrapText } from "../rendering/fonts.ts";
import { LABEL_SIZE, SYMBOL_SIZE } from "./theme.ts";
import type { Layout, Spec } from "../types.ts";

/** Width of an axis or legend label in pixels. */
export function labelWidth(label: string, { unit }: Layout): number {
  return measureText(loadFonts().regular, label, LABEL_SIZE * unit);
}

/**
 * Shortens labels to at most `room` pixels by leaving out letters in the middle, and keeps them different from each
 * other. Vega would cut them off at the end, where names of arms and rules differ.
 */
export function shortened(labels: readonly string[], room: number, layout: Layout): string[] {
  const fitted = (head: number) => labels.map((label) => shorten(label, room, head, layout));
  for (const head of [0.5, 0.25, 0.75, 0]) {
    const found = fitted(head);
    if (new Set(found).size === labels.length) return found;
  }
  const numbered = labels.map((label, i) => `${i + 1}: ${label}`);
  return fitted(0.5).map((label, i) => label === labels[i] ? label : shorten(numbered[i], room, 0.5, layout));
}

function shorten(label: string, room: number, head: number, layout: Layout): string {
  if (labelWidth(label, layout) <= room) return label;
  const letters = graphemes(label);
  const keep = (number: number) => {
    const front = Math.round(number * head);
    const [start, end] = [letters.slice(0, front), letters.slice(letters.length - number + front)];
    return `${start.join("").trimEnd()}…${end.join("").trimStart()}`;
  };
  let [fits, tooMany] = [0, letters.length];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (labelWidth(keep(middle), layout) <= room) fits = middle;
    else tooMany = middle;
  }
  return keep(fits);
}

/** Title of an axis, wrapped to `room` pixels: a longer line would push the drawing aside. */
export function axisTitle(text: string, room: number, layout: Layout): string | string[] {
  if (labelWidth(text, layout) <= room) return text;
  return wrapText(loadFonts().regular, text, LABEL_SIZE * layout.unit, room);
}

/** Pixels between symbol and label of a legend in Vega, and the width at which Vega cuts labels off. */
const LEGEND = { gap: 4, limit: 160 };

/** Symbols of a legend that differ from the theme's. */
export interface LegendSymbol {
  symbolType?: string;
  symbolSize?: number;
}

/** Shortens labels to fit into a legend of `room` pixels. */
export function legendLabels(
  labels: readonly string[],
  room: number,
  layout: Layout,
  symbol: LegendSymbol = {},
): string[] {
  return shortened(labels, Math.min(LEGEND.limit, room - symbolWidth(symbol, layout)), layout);
}

/** The part of a channel that wraps its legend into rows of at most `room` pixels; empty if one row is enough. */
export function wrappedLegend(
  labels: readonly string[],
  room: number,
  layout: Layout,
  symbol: LegendSymbol = {},
): Spec {
  const entries = labels.map((label) => Math.ceil(symbolWidth(symbol, layout) + labelWidth(label, layout)));
  const columns = labels.map((_, i) => Math.ceil(labels.length / (i + 1))).find((columns) => {
    const widths = Array.from(
      { length: columns },
      (_, column) => Math.max(...entries.filter((_, i) => i % columns === column)),
    );
    return widths.reduce((sum, width) => sum + width, (columns - 1) * 8 * layout.unit) <= room;
  }) ?? 1;
  const legend = { ...symbol, ...(columns === labels.length ? {} : { columns }) };
  return Object.keys(legend).length === 0 ? {} : { legend };
}

function symbolWidth({ symbolSize }: LegendSymbol, { unit }: Layout): number {
  return Math.ceil(Math.sqrt(symbolSize ?? SYMBOL_SIZE * unit) + 1.5 * unit) + LEGEND.gap;
}
