import { longestFirst, type PairPlace } from "./pair_marks.ts";

/**
 * Two texts as one sequence of tokens.
 *
 * @category Encoders
 */
export interface TokenPair {
  /** Ids, special tokens included. */
  readonly ids: Int32Array;
  /** Type of each token: which text it belongs to, in models that tell. */
  readonly types: Int32Array;
}

/**
 * Ids of two texts, at most `maxLength`: the longer one loses its end first.
 *
 * @param tokens Ids of a text; for a long one, at least the first `limit`.
 */
export function encodePair(
  pair: readonly [string, string],
  { places, maxLength, tokens }: {
    places: readonly PairPlace[];
    maxLength: number;
    tokens(text: string, limit: number): readonly number[];
  },
): TokenPair {
  const marks = places.reduce((sum, place) => sum + ("ids" in place ? place.ids.length : 0), 0);
  const room = Math.max(0, maxLength - marks);
  let bodies = pair.map((text) => tokens(text, room + 1));
  // Of two long texts, the longer one keeps the odd token, so their whole lengths count.
  if (bodies.every(({ length }) => length > room)) bodies = pair.map((text) => tokens(text, Infinity));
  const kept = longestFirst([bodies[0].length, bodies[1].length], room);
  const [ids, types]: [number[], number[]] = [[], []];
  for (const place of places) {
    const part = "ids" in place ? place.ids : bodies[place.text].slice(0, kept[place.text]);
    for (const id of part) {
      ids.push(id);
      types.push(place.type);
    }
  }
  return { ids: Int32Array.from(ids), types: Int32Array.from(types) };
}
