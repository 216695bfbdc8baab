import type { Feeds } from "../graph/types.ts";
import type { TransformerShape } from "./architectures/mod.ts";
import type { Pooling } from "./modules.ts";

/** Added to the score of a padding key, so that its weight becomes 0. */
const AWAY = -1e9;

/** Texts ordered by length and divided into groups with about the same number of tokens. */
export interface Groups {
  /** No group is empty: with too few texts, a group gets one of a single token that nothing refers to. */
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
    // By the middle of the text, so that a group's size is off by half a text at most.
    const group = Math.floor(count * (before + texts[i].length / 2) / Math.max(1, tokens));
    members[Math.min(group, count - 1)].push(i);
    before += texts[i].length;
  }
  // A token that the batch already has, so that no other row of the table is touched.
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
 * Indices that bring packed tokens into padded form and back, group by group, for the graph of a transformer. Tokens are
 * packed in the order of the groups.
 */
export function packedFeeds(
  groups: readonly (readonly Int32Array[])[],
  shape: TransformerShape,
  pooling: Pooling,
): Feeds {
  const feeds: Feeds = {};
  groups.forEach((texts, group) => {
    const inputs = groupFeeds(texts, { heads: shape.heads, pooling });
    for (const [name, value] of Object.entries(inputs)) feeds[`${name}.${group}`] = value;
  });
  const texts = groups.flat();
  const positions = new Int32Array(texts.reduce((sum, ids) => sum + ids.length, 0));
  // Networks that count from behind a padding row treat a padding token inside a text as padding, too.
  const padding = shape.firstPosition - 1;
  let at = 0;
  for (const ids of texts) {
    let position = shape.firstPosition;
    for (const id of ids) positions[at++] = id === padding ? padding : position++;
  }
  return { ...feeds, positions: { data: positions, shape: [positions.length] } };
}

/**
 * Inputs of one group. `pad` and `unpad` index rows of heads: packed ones are [tokens, heads], padded ones [texts, heads,
 * length].
 */
function groupFeeds(
  texts: readonly Int32Array[],
  { heads, pooling }: { heads: number; pooling: Pooling },
): Feeds {
  const length = Math.max(1, ...texts.map((ids) => ids.length));
  const tokens = texts.reduce((sum, ids) => sum + ids.length, 0);
  const pad = new Int32Array(texts.length * heads * length);
  const unpad = new Int32Array(tokens * heads);
  const real = new Float32Array(pad.length);
  const bias = new Float32Array(texts.length * length).fill(AWAY);
  const pool = new Float32Array(texts.length * length);
  let at = 0;
  texts.forEach((ids, i) => {
    const row = i * length;
    for (let j = 0; j < ids.length; j++, at++) {
      for (let head = 0; head < heads; head++) {
        const [packed, padded] = [at * heads + head, (i * heads + head) * length + j];
        pad[padded] = packed;
        unpad[packed] = padded;
        real[padded] = 1;
      }
      bias[row + j] = 0;
      if (pooling === "mean") pool[row + j] = 1 / ids.length;
    }
    if (pooling === "cls") pool[row] = 1;
    if (pooling === "last") pool[row + ids.length - 1] = 1;
  });
  return {
    pad: { data: pad, shape: [texts.length, heads, length] },
    unpad: { data: unpad, shape: [tokens, heads] },
    real: { data: real, shape: [texts.length, heads, length, 1] },
    attention_bias: { data: bias, shape: [texts.length, 1, 1, length] },
    pool: { data: pool, shape: [texts.length, length] },
  };
}

/** Tokens of all texts, one after the other. */
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
export function transformerFlops(texts: readonly Int32Array[], { width, inner, layers }: TransformerShape): number {
  let flops = 0;
  for (const { length } of texts) flops += length * (8 * width * width + 4 * width * inner + 4 * width * length);
  return layers * flops;
}

/** Distinct ids of some texts in ascending order, and each token's position among them. */
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
