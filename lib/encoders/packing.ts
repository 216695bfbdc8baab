import type { Feeds } from "../graph/types.ts";
import { AWAY } from "./blocks/masks.ts";
import { type Pooling, poolWeight, weighted } from "./blocks/pooling.ts";
import { headWidthOf, pieceCounts, type TransformerShape } from "./blocks/shape.ts";
import type { Parameter } from "./types.ts";

/** Texts sorted by length and divided into groups of about equal numbers of tokens. */
export interface Groups {
  /** The groups. With too few texts, a group gets one of a single token that nothing refers to. */
  readonly groups: readonly (readonly Int32Array[])[];
  /** Position of each given text among the texts of all groups. */
  readonly order: Int32Array;
}

/** Divides texts into groups of similar length. */
export function grouped(texts: readonly Int32Array[], count: number): Groups {
  const sorted = texts.map((_, i) => i).sort((a, b) => texts[a].length - texts[b].length || a - b);
  const tokens = texts.reduce((sum, ids) => sum + ids.length, 0);
  const members: number[][] = Array.from({ length: count }, () => []);
  let before = 0;
  for (const i of sorted) {
    // By the middle of the text, so that a group's size is off by at most half a text.
    const group = Math.floor(count * (before + texts[i].length / 2) / Math.max(1, tokens));
    members[Math.min(group, count - 1)].push(i);
    before += texts[i].length;
  }
  // A token of the batch, so that no other row of the table is used.
  const filler = Int32Array.of(texts.find((ids) => ids.length > 0)?.[0] ?? 0);
  const order = new Int32Array(texts.length);
  let place = 0;
  const groups = members.map((group) => {
    for (const i of group) order[i] = place++;
    if (group.length > 0) return group.map((i) => texts[i]);
    place++;
    return [filler];
  });
  return { groups, order };
}

/**
 * Indices that pad packed tokens and pack them again, group by group, for a transformer's graph. Tokens are packed in the
 * order of the groups.
 */
export function packedFeeds(
  groups: readonly (readonly Int32Array[])[],
  shape: TransformerShape,
  poolings: readonly Pooling[],
): Feeds {
  const feeds: Feeds = {};
  groups.forEach((texts, group) => {
    const inputs = groupFeeds(texts, poolings);
    for (const [name, value] of Object.entries(inputs)) feeds[`${name}.${group}`] = value;
    for (const pieces of pieceCounts(shape)) {
      const indices = pieceFeeds(texts, pieces);
      for (const [name, value] of Object.entries(indices)) feeds[`${name}_${pieces}.${group}`] = value;
    }
  });
  const texts = groups.flat();
  const positions = new Int32Array(texts.reduce((sum, ids) => sum + ids.length, 0));
  // Networks whose positions start after a padding row treat a padding token inside a text as padding, too.
  const padding = shape.firstPosition - 1;
  let at = 0;
  for (const ids of texts) {
    let position = shape.firstPosition;
    for (const id of ids) positions[at++] = id === padding ? padding : position++;
  }
  return { ...feeds, positions: { data: positions, shape: [positions.length] } };
}

/** Biases of a group's attention scores, and weights of its poolings that are weighted sums. */
function groupFeeds(texts: readonly Int32Array[], poolings: readonly Pooling[]): Feeds {
  const length = longest(texts);
  const bias = new Float32Array(texts.length * length).fill(AWAY);
  const sums = weighted(poolings);
  const pool = new Float32Array(texts.length * sums.length * length);
  texts.forEach((ids, i) => {
    bias.fill(0, i * length, i * length + ids.length);
    sums.forEach((pooling, k) => {
      const row = (i * sums.length + k) * length;
      for (let j = 0; j < ids.length; j++) pool[row + j] = poolWeight(pooling, j, ids.length);
    });
  });
  return {
    attention_bias: { data: bias, shape: [texts.length, 1, 1, length] },
    pool: { data: pool, shape: [texts.length, sums.length, length] },
  };
}

/**
 * Indices of a group's vectors, divided into pieces such as heads: packed [tokens, pieces], padded [texts, pieces,
 * length].
 */
function pieceFeeds(texts: readonly Int32Array[], pieces: number): Feeds {
  const length = longest(texts);
  const tokens = texts.reduce((sum, ids) => sum + ids.length, 0);
  const pad = new Int32Array(texts.length * pieces * length);
  const unpad = new Int32Array(tokens * pieces);
  const real = new Float32Array(pad.length);
  let at = 0;
  texts.forEach((ids, i) => {
    for (let j = 0; j < ids.length; j++, at++) {
      for (let piece = 0; piece < pieces; piece++) {
        const [packed, padded] = [at * pieces + piece, (i * pieces + piece) * length + j];
        pad[padded] = packed;
        unpad[packed] = padded;
        real[padded] = 1;
      }
    }
  });
  return {
    pad: { data: pad, shape: [texts.length, pieces, length] },
    unpad: { data: unpad, shape: [tokens, pieces] },
    real: { data: real, shape: [texts.length, pieces, length, 1] },
  };
}

function longest(texts: readonly Int32Array[]): number {
  return Math.max(1, ...texts.map((ids) => ids.length));
}

/** Tokens of all texts, concatenated. */
export function joined(texts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(texts.reduce((sum, ids) => sum + ids.length, 0));
  let at = 0;
  for (const ids of texts) {
    all.set(ids, at);
    at += ids.length;
  }
  return all;
}

/** Floating-point operations of one forward pass: matrix products for every token, attention within each text. */
export function transformerFlops(
  texts: readonly Int32Array[],
  { shape, parameters }: { shape: TransformerShape; parameters: ReadonlyMap<string, Parameter> },
): number {
  let matrices = 0;
  for (const [name, { shape }] of parameters) {
    if (name.startsWith("layer.") && shape.length === 2) matrices += shape[0] * shape[1];
  }
  const attention = 4 * shape.layers * shape.heads * headWidthOf(shape);
  return texts.reduce((flops, { length }) => flops + length * (2 * matrices + attention * length), 0);
}

/** Distinct ids of texts in ascending order, and each token's position among them. */
export function touchedRows(texts: readonly Int32Array[]): { rows: Int32Array; indices: Int32Array } {
  const all = joined(texts);
  const sorted = all.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[count++] = sorted[i];
  const rows = sorted.slice(0, count);
  const place = new Map<number, number>();
  rows.forEach((id, i) => place.set(id, i));
  return { rows, indices: all.map((id) => place.get(id)!) };
}
