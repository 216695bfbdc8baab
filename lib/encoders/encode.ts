import { stopSignal, turns } from "../core/stop.ts";
import { KitError } from "../core/errors.ts";
import type { EmbeddingCache } from "./cache.ts";
import type { EncodeOptions, Vectors } from "./types.ts";

/** What {@link encodeTexts} needs from an encoder. */
export interface Engine<T> {
  readonly name: string;
  readonly dimension: number;
  /** Prepares one text, prompt included. */
  prepare(text: string): T;
  /** Cost of a prepared text: its tokens. */
  size(item: T): number;
  /** Maximum cost of a batch: its number of texts times its most costly one. */
  readonly budget: number;
  /** Vectors of a batch, row by row. */
  run(batch: readonly T[]): Promise<Float32Array> | Float32Array;
  /** Batches in flight. Omit for 1. */
  readonly lanes?: number;
  /** Cache of vectors, and the fingerprint to use. Omit for none. */
  readonly cache?: { readonly store: EmbeddingCache; readonly fingerprint: string };
}

/** Texts prepared together and sorted by length, for even batches. */
const WINDOW = 1 << 16;

/**
 * Encodes texts and returns vectors in their order. A repeated text is encoded once, a cached one not at all, the rest in
 * batches of similar length, longest first.
 *
 * @throws {KitError} if a vector is not finite, with the number of the text.
 */
export async function encodeTexts<T>(
  texts: Iterable<string>,
  options: EncodeOptions,
  engine: Engine<T>,
): Promise<Vectors> {
  const { dimension, cache } = engine;
  const { progress } = options;
  const signal = stopSignal(options.signal);
  const first = new Map<string, number>();
  const order: number[] = [];
  let count = 0;
  for (const text of texts) {
    if (typeof text !== "string") {
      throw new KitError(`Text ${count} for ${engine.name} must be a string, found ${typeof text}`);
    }
    let unique = first.get(text);
    if (unique === undefined) first.set(text, unique = first.size);
    order.push(unique);
    count++;
  }
  const unique = [...first.keys()];
  const vectors = new Float32Array(unique.length * dimension);
  const known = cache ? await cache.store.read(cache.fingerprint, dimension) : undefined;
  const missing: number[] = [];
  unique.forEach((text, i) => {
    const found = known?.(text);
    if (found) vectors.set(found, i * dimension);
    else missing.push(i);
  });
  let done = unique.length - missing.length;
  const turn = turns(signal, `encoding by ${engine.name}`);
  progress?.update(done);
  for (let begin = 0; begin < missing.length; begin += WINDOW) {
    const window = missing.slice(begin, begin + WINDOW).map((row) => ({ row, item: engine.prepare(unique[row]) }));
    await encodeWindow(window, engine, {
      turn,
      take: (row, vector) => {
        if (!vector.every(Number.isFinite)) {
          const text = JSON.stringify(unique[row].slice(0, 60));
          throw new KitError(`Encoder ${engine.name} returns a vector that is not finite for text ${text}`);
        }
        vectors.set(vector, row * dimension);
        done++;
      },
      after: () => progress?.update(done),
    });
  }
  if (cache) {
    await cache.store.write(
      cache.fingerprint,
      missing.map((i) => unique[i]),
      rows(vectors, missing, dimension),
    );
  }
  if (unique.length === count) return { data: vectors, length: count, dimension };
  return { data: rows(vectors, order, dimension), length: count, dimension };
}

/**
 * Encodes prepared texts in batches of similar length, longest first, on the engine's lanes. Batches depend only on the
 * texts, so the vectors do not depend on the number of lanes.
 */
async function encodeWindow<T>(
  window: readonly { row: number; item: T }[],
  { size, budget, dimension, run, lanes = 1 }: Engine<T>,
  tell: { turn(): Promise<void> | void; take(row: number, vector: Float32Array): void; after(): void },
): Promise<void> {
  const sizes = window.map(({ item }) => Math.max(1, size(item)));
  const sorted = [...window.keys()].sort((a, b) => sizes[b] - sizes[a] || a - b);
  let at = 0;
  const lane = async () => {
    try {
      while (at < sorted.length) {
        await tell.turn();
        if (at >= sorted.length) return;
        const batch = sorted.slice(at, at + Math.max(1, Math.floor(budget / sizes[sorted[at]]))).map((i) => window[i]);
        at += batch.length;
        const result = await run(batch.map(({ item }) => item));
        batch.forEach(({ row }, i) => tell.take(row, result.subarray(i * dimension, (i + 1) * dimension)));
        tell.after();
      }
    } finally {
      // If one lane fails, the others stop.
      at = sorted.length;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

function rows(vectors: Float32Array, which: readonly number[], dimension: number): Float32Array {
  const data = new Float32Array(which.length * dimension);
  which.forEach((row, i) => data.set(vectors.subarray(row * dimension, (row + 1) * dimension), i * dimension));
  return data;
}
