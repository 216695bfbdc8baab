import { normalizeRows } from "../core/normalize_rows.ts";
import { KitError } from "../core/errors.ts";
import type { Config } from "./config.ts";
import type { EncodeOptions, Encoder, Similarity, Vectors } from "./types.ts";

/** Names in sentence-transformers; the kit supports the first two. */
const NAMES = ["cosine", "dot", "euclidean", "manhattan"];

/**
 * Reads the similarity in config_sentence_transformers.json. The default is cosine, as in sentence-transformers.
 *
 * @throws {KitError} if the kit does not support it.
 */
export function readSimilarity(config: Config): Similarity {
  const name = config.values.similarity_fn_name ?? "cosine";
  if (name === "cosine" || name === "dot") return name;
  const what = NAMES.includes(String(name))
    ? `Cannot rank by ${name} similarity`
    : `Unknown similarity ${JSON.stringify(name)}`;
  throw new KitError(`${what}; supported: cosine, dot`, { file: config.file, field: "similarity_fn_name" });
}

/**
 * Encodes texts into vectors whose inner products are the encoder's similarities: of length 1 for cosine, unchanged for
 * dot. Ranking, mining, scoring and comparing all use this function.
 * @category Encoders
 */
export async function encodeToCompare(
  encoder: Encoder,
  texts: Iterable<string>,
  options: EncodeOptions,
): Promise<Vectors> {
  const vectors = await encoder.encode(texts, options);
  if (encoder.similarity === "dot" || encoder.unit) return vectors;
  return { ...vectors, data: normalizeRows(vectors.data.slice(), vectors.dimension) };
}
