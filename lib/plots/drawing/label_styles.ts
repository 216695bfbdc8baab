import type { Source } from "../../tables/sources.ts";
import type { Color, Ink } from "../types.ts";
import { colors, hue } from "./theme.ts";

/** How a series looks. `round` counts the series before it that have the same color. */
export interface Style {
  readonly color: Color;
  readonly round: number;
}

/**
 * Styles by label, equal in all charts with the same labels. A label that is a source, or whose negatives all come from
 * one by `sources`, has that source's color; the others take the next color that no source has. An empty label is the
 * main series.
 */
export function labelStyles(
  labels: readonly string[],
  ink: Ink,
  sources: Readonly<Record<string, Source>> = {},
): Map<string, Style> {
  const used = new Map<string, number>();
  let others = 0;
  const colorOf = (label: string): Color => {
    const source = Object.hasOwn(sources, label) ? sources[label] : label;
    if (Object.hasOwn(colors, source)) return colors[source as Source];
    if (label === "") return labels.length === 1 ? hue.main : ink.text;
    return ink.others[others++ % ink.others.length];
  };
  return new Map(labels.map((label) => {
    const color = colorOf(label);
    const key = typeof color === "string" ? color : color.expr;
    const round = used.get(key) ?? 0;
    used.set(key, round + 1);
    return [label, { color, round }];
  }));
}
