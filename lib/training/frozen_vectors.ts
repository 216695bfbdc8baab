import { normalizeRows } from "../core/normalize_rows.ts";
import type { Encoder, TextInput } from "../encoders/types.ts";
import type { Batch } from "./batches/batch.ts";

/** Vectors of a batch's documents that are not trained. */
export interface FrozenVectors {
  /** `[count, dimension]`, of length 1 unless compared by dot. */
  readonly vectors: Float32Array;
  readonly count: number;
  readonly dimension: number;
  /** Rows of the candidates. */
  readonly index: Int32Array;
}

/** The texts that a step encodes: the queries alone if documents are frozen. They come first in a batch. */
export function trainedTexts({ texts }: Batch, frozen: Encoder | undefined): readonly TextInput[] {
  return frozen ? texts.slice(0, queryCount(texts)) : texts;
}

/** Encodes the documents of a batch by a frozen encoder; undefined without one. */
export async function frozenVectors(
  batch: Batch,
  frozen: Encoder | undefined,
  signal?: AbortSignal,
): Promise<FrozenVectors | undefined> {
  if (!frozen) return undefined;
  const first = queryCount(batch.texts);
  const texts = batch.texts.slice(first).map(({ text }) => text);
  const { data, dimension } = await frozen.encode(texts, { kind: "document", signal });
  const vectors = data.slice();
  if (frozen.similarity !== "dot") normalizeRows(vectors, dimension);
  return { vectors, count: texts.length, dimension, index: batch.candidateIndex.map((place) => place - first) };
}

function queryCount(texts: readonly TextInput[]): number {
  const first = texts.findIndex(({ kind }) => kind === "document");
  return first < 0 ? texts.length : first;
}
