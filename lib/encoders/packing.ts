import type { Feeds } from "../graph/types.ts";
import type { TransformerShape } from "./architectures.ts";
import type { Pooling } from "./settings.ts";

/** Added to the score of a key that is padding: its weight becomes 0. */
const AWAY = -1e9;

/** Indices that lead packed tokens into padded form and back, as the graph of a transformer takes them. */
export function packedFeeds(texts: readonly Int32Array[], shape: TransformerShape, pooling: Pooling): Feeds {
  const length = Math.max(1, ...texts.map((ids) => ids.length));
  const tokens = texts.reduce((sum, ids) => sum + ids.length, 0);
  const positions = new Int32Array(tokens);
  const pad = new Int32Array(texts.length * length);
  const unpad = new Int32Array(tokens);
  const real = new Float32Array(texts.length * length);
  const bias = new Float32Array(texts.length * length).fill(AWAY);
  const pool = new Float32Array(texts.length * length);
  let at = 0;
  texts.forEach((ids, i) => {
    const row = i * length;
    for (let j = 0; j < ids.length; j++, at++) {
      positions[at] = shape.firstPosition + j;
      pad[row + j] = at;
      unpad[at] = row + j;
      real[row + j] = 1;
      bias[row + j] = 0;
      if (pooling === "mean") pool[row + j] = 1 / ids.length;
    }
    if (pooling === "cls") pool[row] = 1;
    if (pooling === "last") pool[row + ids.length - 1] = 1;
  });
  return {
    positions: { data: positions, shape: [tokens] },
    pad: { data: pad, shape: [pad.length] },
    unpad: { data: unpad, shape: [tokens] },
    real: { data: real, shape: [real.length, 1] },
    attention_bias: { data: bias, shape: [texts.length, 1, 1, length] },
    pool: { data: pool, shape: [texts.length, length] },
  };
}

/** Floating-point operations of one forward pass: products of layers for every token, attention within each text. */
export function transformerFlops(texts: readonly Int32Array[], { width, inner, layers }: TransformerShape): number {
  let flops = 0;
  for (const { length } of texts) flops += length * (8 * width * width + 4 * width * inner + 4 * width * length);
  return layers * flops;
}

/** The different ids of some texts in rising order, and where each token's row stands among them. */
export function touchedRows(texts: readonly Int32Array[]): { rows: Int32Array; indices: Int32Array } {
  const total = texts.reduce((sum, ids) => sum + ids.length, 0);
  const all = new Int32Array(total);
  let at = 0;
  for (const ids of texts) {
    all.set(ids, at);
    at += ids.length;
  }
  const sorted = all.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[count++] = sorted[i];
  const rows = sorted.slice(0, count);
  const place = new Map<number, number>();
  rows.forEach((id, i) => place.set(id, i));
  return { rows, indices: all.map((id) => place.get(id)!) };
}
