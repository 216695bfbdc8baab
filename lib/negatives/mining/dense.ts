import { dotRows } from "../../core/dot.ts";
import * as z from "zod";
import { ArgumentError } from "../../core/errors.ts";
import { passageText } from "../../collections/passage.ts";
import { encodeToCompare } from "../../encoders/similarity.ts";
import type { Vectors } from "../../encoders/types.ts";
import { idsOf } from "../../retrieval/ids.ts";
import { searchVectorBlocks } from "../../retrieval/search_vector_blocks.ts";
import { checkFinite } from "../rules/check_finite.ts";
import { encodingNote } from "./encoding_note.ts";
import type { MinedBlock, MinerPart, MiningTask } from "./miner.ts";

/** Finds the nearest documents by an encoder's vectors. */
export async function* mineDense(task: MiningTask): AsyncGenerator<MinedBlock> {
  const { encoder, collection, progress, signal } = task;
  if (!encoder) throw new ArgumentError("Mining dense negatives needs an encoder, found none", { field: "encoder" });
  const [titles, texts] = [collection.corpus.column("title"), collection.corpus.column("text")];
  function* passages() {
    for (let row = 0; row < titles.length; row++) yield passageText({ title: titles.at(row), text: texts.at(row) });
  }
  const queries = await encodeToCompare(encoder, task.queries.map((query) => query.text), {
    kind: "query",
    progress: encodingNote(progress, task.queries.length, "queries"),
    signal,
  });
  const documents = await encodeToCompare(encoder, passages(), {
    kind: "document",
    progress: encodingNote(progress, titles.length, "documents"),
    signal,
  });
  const { compare: compareIds } = idsOf(collection.corpus);
  yield* mineVectors(queries, documents, { ...task, compareIds });
}

/** What {@link mineVectors} needs besides vectors. */
export interface VectorTask {
  /** Rows of each query's positives among the documents. */
  readonly positives: readonly (readonly number[])[];
  readonly depth: number;
  /** Order of two documents' ids by row. Of two with equal scores the greater id comes first. */
  readonly compareIds?: (a: number, b: number) => number;
  readonly signal?: AbortSignal;
}

/** Finds the nearest documents by given vectors, with each query's lowest positive score, in one streaming pass. */
export async function* mineVectors(
  queries: Vectors,
  documents: Vectors,
  { positives, depth, compareIds, signal }: VectorTask,
): AsyncGenerator<MinedBlock> {
  checkFinite(queries, "query");
  checkFinite(documents, "document");
  for await (const block of searchVectorBlocks(queries, documents, { depth, compareIds, signal })) {
    const { queryBegin, queryEnd, found } = block;
    const positiveScores = new Float32Array(queryEnd - queryBegin);
    for (let q = queryBegin; q < queryEnd; q++) {
      positiveScores[q - queryBegin] = Math.min(
        ...positives[q].map((row) => dotRows(queries, q, documents, row)),
      );
    }
    yield {
      queryBegin,
      queryEnd,
      rows: spread(block.rows, found, depth, -1),
      scores: spread(block.scores, found, depth, 0),
      positiveScores,
    };
  }
}

/** Rows of `width` widened to `wanted` and padded with `fill`. */
function spread<A extends Int32Array | Float32Array>(values: A, width: number, wanted: number, fill: number): A {
  if (width === wanted) return values;
  const count = values.length / width;
  const wide = new (values.constructor as new (length: number) => A)(count * wanted);
  wide.fill(fill);
  for (let q = 0; q < count; q++) wide.set(values.subarray(q * width, (q + 1) * width), q * wanted);
  return wide;
}

/** {@link mineDense} as an entry of the registry. */
export const DENSE: MinerPart<"dense"> = {
  name: "dense",
  about: "the nearest documents by an encoder's vectors",
  options: z.strictObject({}),
  encoder: true,
  scores: true,
  make: (_: object, task: MiningTask): AsyncGenerator<MinedBlock> => mineDense(task),
};
