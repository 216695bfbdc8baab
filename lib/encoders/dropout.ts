import { random } from "../core/random.ts";
import type { Graph } from "../graph/graph.ts";
import { add, gather, mul, slice } from "../graph/mod.ts";
import type { Tensor } from "../graph/graph.ts";
import type { Feeds } from "../graph/types.ts";
import type { TransformerShape } from "./blocks/shape.ts";

/** Rows of dropout factors beyond a batch's tokens, so that each layer's output can start at another row. */
const SHIFTS = 256;

/**
 * Dropout after the embeddings, and after attention and feed-forward of every layer, from one fed matrix of factors, 0 or
 * 1/(1-p). Each of them starts at another row of it; drawing separate factors would take as long as the network.
 */
export function dropoutPlaces(
  graph: Graph,
  shape: TransformerShape,
): (rows: Tensor, first: number) => (x: Tensor) => Tensor {
  const factors = graph.input("dropout", { shape: ["factors", shape.width] });
  const order = random("dropout").sample(SHIFTS, 1 + 2 * shape.layers);
  return (rows, first) => {
    let place = first;
    return (x) => {
      const kept = gather(factors, add(rows, graph.constant(order[place++], { dtype: "int32" })));
      return mul(x, slice(kept, { axis: 1, start: 0, end: Math.min(shape.width, x.shape[1] as number) }));
    };
  };
}

/** Inputs of {@link dropoutPlaces} for one batch. */
export function dropoutFeeds(
  tokens: number,
  width: number,
  { dropout, seed }: { dropout: number; seed: number },
): Feeds {
  const draw = random(seed).fork("dropout");
  const limit = dropout * 2 ** 32;
  const data = new Float32Array((tokens + SHIFTS) * width);
  for (let i = 0; i < data.length; i++) if (draw.bits() >= limit) data[i] = 1 / (1 - dropout);
  return {
    dropout: { data, shape: [tokens + SHIFTS, width] },
    dropout_rows: { data: Int32Array.from({ length: tokens }, (_, i) => i), shape: [tokens] },
  };
}
