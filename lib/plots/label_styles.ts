import type { Source } from "../tables/schema.ts";
import { hue, sourceColour } from "./theme.ts";
import type { Colour, Ink } from "./types.ts";

/** How a series looks: where there are more labels than colours, `round` counts how often the colour was used before. */
export interface Style {
  readonly colour: Colour;
  readonly round: number;
}

/**
 * Styles by label, the same in every chart that has the same labels: a label that is a source, or all of whose negatives
 * come from one by `sources`, has the source's colour; the others take the next that is no source's. An empty label is the
 * main series.
 */
export function labelStyles(
  labels: readonly string[],
  ink: Ink,
  sources: Readonly<Record<string, Source>> = {},
): Map<string, Style> {
  const used = new Map<string, number>();
  let others = 0;
  const colourOf = (label: string): Colour => {
    const source = Object.hasOwn(sources, label) ? sources[label] : label;
    if (Object.hasOwn(sourceColour, source)) return sourceColour[source as Source];
    if (label === "") return labels.length === 1 ? hue.main : ink.text;
    return ink.others[others++ % ink.others.length];
  };
  return new Map(labels.map((label) => {
    const colour = colourOf(label);
    const key = typeof colour === "string" ? colour : colour.expr;
    const round = used.get(key) ?? 0;
    used.set(key, round + 1);
    return [label, { colour, round }];
  }));
}
