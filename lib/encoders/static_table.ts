import { KitError } from "../core/errors.ts";
import type { WeightTensor } from "./safetensors.ts";
import type { Weights } from "./shards.ts";

/**
 * The table of a static encoder, one row per token. Folders of model2vec may share rows (`mapping`) and weigh tokens
 * (`weights`), which is folded into the rows, as sentence-transformers does.
 *
 * @throws {KitError} if the tensors do not fit each other.
 */
export function readStaticTable(weights: Weights): WeightTensor {
  const { file } = weights;
  const name = ["embedding.weight", "embeddings"].find((each) => weights.has(each)) ?? "embedding.weight";
  const table = weights.read(name);
  const [rows, width] = table.shape;
  if (table.shape.length !== 2) {
    throw new KitError(`Tensor "${name}" must have two axes, found the shape [${table.shape}]`, { file });
  }
  const folded = ["mapping", "weights"].some((each) => name === "embeddings" && weights.has(each));
  if (!folded) return table;
  const mapping = weights.has("mapping") ? weights.indices("mapping") : Int32Array.from({ length: rows }, (_, i) => i);
  const beyond = mapping.find((row) => row < 0 || row >= rows);
  if (beyond !== undefined) {
    throw new KitError(`Tensor "mapping" must name rows below ${rows}, found ${beyond}`, { file });
  }
  const factors = weights.has("weights") ? weights.read("weights", [mapping.length]).data : undefined;
  const data = new Float32Array(mapping.length * width);
  mapping.forEach((row, token) => {
    const factor = factors?.[token] ?? 1;
    for (let j = 0; j < width; j++) data[token * width + j] = factor * table.data[row * width + j];
  });
  return { shape: [mapping.length, width], data };
}
