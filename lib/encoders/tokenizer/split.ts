/** A part of a text: a match of a pattern, or the text between two matches. */
export interface Part {
  readonly begin: number;
  readonly end: number;
  readonly match: boolean;
}

/** Divides a text into matches and the parts between them. */
export type Divide = (text: string) => readonly Part[];

/** What happens to the matches of a splitting pattern. */
export type Behavior = "Removed" | "Isolated" | "Contiguous" | "MergedWithPrevious" | "MergedWithNext";

/** Divides by a JavaScript regular expression with the `g` flag and without empty matches. */
export function divideBy(pattern: RegExp): Divide {
  return (text) => {
    const parts: Part[] = [];
    let at = 0;
    for (const found of text.matchAll(pattern)) {
      if (found.index > at) parts.push({ begin: at, end: found.index, match: false });
      at = found.index + found[0].length;
      parts.push({ begin: found.index, end: at, match: true });
    }
    if (at < text.length) parts.push({ begin: at, end: text.length, match: false });
    return parts;
  };
}

/** Divides by a literal text. An empty one never matches. */
export function divideAt(literal: string): Divide {
  return (text) => {
    const parts: Part[] = [];
    let at = 0;
    let found = literal === "" ? -1 : text.indexOf(literal);
    for (; found >= 0; found = text.indexOf(literal, at)) {
      if (found > at) parts.push({ begin: at, end: found, match: false });
      at = found + literal.length;
      parts.push({ begin: found, end: at, match: true });
    }
    if (at < text.length) parts.push({ begin: at, end: text.length, match: false });
    return parts;
  };
}

/** The pieces of a text, without empty ones. */
export function split(text: string, divide: Divide, behavior: Behavior): string[] {
  const merged = merge(divide(text), behavior);
  return merged.map(([begin, end]) => text.slice(begin, end)).filter((piece) => piece !== "");
}

function merge(parts: readonly Part[], behavior: Behavior): [number, number][] {
  const pieces: [number, number][] = [];
  switch (behavior) {
    case "Isolated":
      return parts.map(({ begin, end }) => [begin, end]);
    case "Removed":
      return parts.filter(({ match }) => !match).map(({ begin, end }) => [begin, end]);
    case "Contiguous":
      parts.forEach(({ begin, end, match }, i) => {
        if (i > 0 && parts[i - 1].match === match) pieces.at(-1)![1] = end;
        else pieces.push([begin, end]);
      });
      return pieces;
    case "MergedWithPrevious":
      parts.forEach(({ begin, end, match }, i) => {
        if (i > 0 && match && !parts[i - 1].match) pieces.at(-1)![1] = end;
        else pieces.push([begin, end]);
      });
      return pieces;
    case "MergedWithNext":
      parts.toReversed().forEach(({ begin, end, match }, i, reversed) => {
        if (i > 0 && match && !reversed[i - 1].match) pieces.at(-1)![0] = begin;
        else pieces.push([begin, end]);
      });
      return pieces.reverse();
    default:
      return behavior satisfies never;
  }
}
