import { loadFonts, measureText } from "./fonts.ts";
import { LABEL_SIZE } from "./theme.ts";
import type { Layout, Spec } from "./types.ts";

/** Width in pixels of a label of an axis or a legend. */
export function labelWidth(label: string, { unit }: Layout): number {
  return measureText(loadFonts().regular, label, LABEL_SIZE * unit);
}

/**
 * Labels of at most `room` pixels: longer ones lose letters in their middle, and stay different from each other. Vega
 * would cut them off at the end, where names of arms and rules differ.
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
  const letters = [...label];
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

/** What Vega puts before a legend's label, and the limit at which it would cut the label off. */
const LEGEND = { gap: 4, limit: 160 };

/** Labels that fit into a legend of `room` pixels. */
export function legendLabels(labels: readonly string[], room: number, layout: Layout): string[] {
  return shortened(labels, Math.min(LEGEND.limit, room - symbolWidth(layout)), layout);
}

/** The part of a channel that breaks its legend into rows of at most `room` pixels; empty where one row holds it. */
export function wrappedLegend(labels: readonly string[], room: number, layout: Layout): Spec {
  const entries = labels.map((label) => Math.ceil(symbolWidth(layout) + labelWidth(label, layout)));
  for (let rows = 1; rows < labels.length; rows++) {
    const columns = Math.ceil(labels.length / rows);
    const widths = Array.from(
      { length: columns },
      (_, column) => Math.max(...entries.filter((_, i) => i % columns === column)),
    );
    const total = widths.reduce((sum, width) => sum + width, (columns - 1) * 8 * layout.unit);
    if (total <= room) return rows === 1 ? {} : { legend: { columns } };
  }
  return labels.length > 1 ? { legend: { columns: 1 } } : {};
}

function symbolWidth({ unit }: Layout): number {
  return Math.ceil(Math.sqrt(50 * unit) + 1.5 * unit) + LEGEND.gap;
}
