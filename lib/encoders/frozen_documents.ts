import { ArgumentError } from "../core/errors.ts";
import type { EncodeOptions, Encoder, TrainableEncoder, Vectors } from "./types.ts";

/**
 * An encoder of which only the queries' side is trained, as in ADORE (Zhan et al., arXiv 2104.08051): documents are encoded
 * by `documents`, whose vectors are kept in memory and never change.
 *
 * @param encoder Encodes queries, and is trained in place.
 * @param documents Encodes documents, usually the same model before training, loaded a second time.
 *
 * @throws {ArgumentError} if the two differ in dimension or similarity.
 *
 * @example
 * ```ts
 * import { frozenDocuments, loadEncoder } from "@syneg/kit";
 * const encoder = frozenDocuments(await loadEncoder("built-in"), await loadEncoder("built-in"));
 * console.log(encoder.dimension); // 256
 * await encoder.dispose();
 * ```
 *
 * @category Encoders
 */
export function frozenDocuments(encoder: TrainableEncoder, documents: Encoder): TrainableEncoder {
  if (encoder.dimension !== documents.dimension || encoder.similarity !== documents.similarity) {
    throw new ArgumentError(
      `Both encoders must have one dimension and similarity, found ${encoder.dimension} (${encoder.similarity}) for ` +
        `queries and ${documents.dimension} (${documents.similarity}) for documents`,
    );
  }
  const remembered = remembering(documents);
  return {
    name: `${encoder.name}, documents by ${documents.name}`,
    dimension: encoder.dimension,
    similarity: encoder.similarity,
    unit: encoder.unit && documents.unit,
    kind: encoder.kind,
    maxLength: encoder.maxLength,
    prompts: encoder.prompts,
    parameters: encoder.parameters,
    frozenDocuments: remembered,
    encode: (texts, options) => (options.kind === "query" ? encoder : remembered).encode(texts, options),
    fingerprint: (kind) => (kind === "query" ? encoder : documents).fingerprint(kind),
    cuts: (text, kind) => encoder.cuts(text, kind),
    forward: (graph, options) => encoder.forward(graph, options),
    tokenize: (texts, options) => encoder.tokenize(texts, options),
    invalidate: () => encoder.invalidate(),
    save() {
      return Promise.reject(
        new ArgumentError(
          "Cannot save an encoder with frozen documents: one folder holds one encoder; save the trained one",
        ),
      );
    },
    async dispose() {
      await encoder.dispose();
      await documents.dispose();
    },
  };
}

/** An encoder that encodes every text once. */
function remembering(encoder: Encoder): Encoder {
  const known = new Map<string, Float32Array>();
  return {
    name: encoder.name,
    kind: encoder.kind,
    dimension: encoder.dimension,
    similarity: encoder.similarity,
    unit: encoder.unit,
    fingerprint: (kind) => encoder.fingerprint(kind),
    dispose: () => encoder.dispose(),
    async encode(texts: Iterable<string>, options: EncodeOptions): Promise<Vectors> {
      const list = [...texts];
      const key = (text: string) => `${options.kind} ${text}`;
      const missing = [...new Set(list)].filter((text) => !known.has(key(text)));
      if (missing.length > 0) {
        const { data, dimension } = await encoder.encode(missing, options);
        missing.forEach((text, i) => known.set(key(text), data.slice(i * dimension, (i + 1) * dimension)));
      }
      const { dimension } = encoder;
      const data = new Float32Array(list.length * dimension);
      list.forEach((text, i) => data.set(known.get(key(text))!, i * dimension));
      return { data, dimension, length: list.length } as Vectors;
    },
  };
}
