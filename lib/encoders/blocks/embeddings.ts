import type { Tensor } from "../../graph/graph.ts";
import { add, gather, slice } from "../../graph/mod.ts";
import { layerNorm } from "./norms.ts";
import type { Network, Places } from "./network.ts";
import { tableWidthOf } from "./shape.ts";

/** Rows of the token table plus those of their types, without positions: `[rows, width]`. */
export function typed({ graph, shape }: Network, words: Tensor, { types }: Pick<Places, "types">): Tensor {
  if (shape.types === 0) return words;
  // The gradient of a table is cheap if the gather reads the parameter itself, so the type's row is added separately.
  const table = graph.parameter("embeddings.type", [shape.types, tableWidthOf(shape)]);
  return add(words, types ? gather(table, types) : slice(table, { axis: 0, start: 0, end: 1 }));
}

/** Rows of the token table plus those of their positions and types, normalized, `[rows, width]` (BERT). */
export function absolute(network: Network, words: Tensor, places: Places): Tensor {
  const { graph, shape } = network;
  const table = graph.parameter("embeddings.position", [shape.positions, tableWidthOf(shape)]);
  const x = typed(network, add(words, gather(table, places.positions)), places);
  return places.dropout(layerNorm(network, x, "embeddings.norm"));
}
