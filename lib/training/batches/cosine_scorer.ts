import { dot } from "../../core/dot.ts";
import { normalizeRows } from "../../core/normalize_rows.ts";
import type { Encoder, TextInput } from "../../encoders/types.ts";
import type { Batch } from "./batch.ts";

/**
 * Similarities by an encoder that is not trained, for a teacher or a guide: cosines, or inner products if the encoder
 * compares by dot. Every text is encoded once and remembered.
 */
export class CosineScorer {
  readonly #encoder: Encoder;
  readonly #vectors = new Map<string, Float32Array>();

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
  }

  /** Cosines of a batch's queries and candidates, `[queries, candidates]`. */
  async scores(batch: Batch, signal?: AbortSignal): Promise<Float32Array> {
    for (const kind of ["query", "document"] as const) {
      const missing = batch.texts.filter((text) => text.kind === kind && !this.#vectors.has(key(text)));
      if (missing.length === 0) continue;
      const { data, dimension } = await this.#encoder.encode(missing.map(({ text }) => text), { kind, signal });
      missing.forEach((text, i) => {
        const vector = data.slice(i * dimension, (i + 1) * dimension);
        if (this.#encoder.similarity !== "dot") normalizeRows(vector, dimension);
        this.#vectors.set(key(text), vector);
      });
    }
    const vectors = batch.texts.map((text) => this.#vectors.get(key(text))!);
    const { queries, candidates } = batch.relations;
    const scores = new Float32Array(queries * candidates);
    for (let i = 0; i < queries; i++) {
      const query = vectors[batch.queryIndex[i]];
      for (let j = 0; j < candidates; j++) {
        scores[i * candidates + j] = dot(query, vectors[batch.candidateIndex[j]]);
      }
    }
    return scores;
  }
}

function key({ kind, text }: TextInput): string {
  return `${kind}:${text}`;
}
