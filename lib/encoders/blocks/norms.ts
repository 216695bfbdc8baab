import type { Tensor } from "../../graph/graph.ts";
import { add, layerNormalization, reshape, rmsNormalization } from "../../graph/mod.ts";
import type { Network } from "./network.ts";

/** A normalization with parameters of a name. */
export type Norm = (network: Network, x: Tensor, name: string) => Tensor;

/** Layer normalization with a bias. */
export const layerNorm: Norm = ({ graph, shape }, x, name) => {
  const width = x.shape.at(-1)!;
  return layerNormalization(x, {
    scale: graph.parameter(`${name}.weight`, [width]),
    bias: graph.parameter(`${name}.bias`, [width]),
    epsilon: shape.epsilon,
  });
};

/** Layer normalization without a bias. */
export const scaleNorm: Norm = ({ graph, shape }, x, name) =>
  layerNormalization(x, { scale: graph.parameter(`${name}.weight`, [x.shape.at(-1)!]), epsilon: shape.epsilon });

/** Normalization by the root of the mean square. */
export const rmsNorm: Norm = ({ graph, shape }, x, name) =>
  rmsNormalization(x, { scale: graph.parameter(`${name}.weight`, [x.shape.at(-1)!]), epsilon: shape.epsilon });

/** The same, by 1 + weight (Gemma). */
export const rmsNormFromOne: Norm = ({ graph, shape }, x, name) =>
  rmsNormalization(x, { scale: add(graph.parameter(`${name}.weight`, [x.shape.at(-1)!]), 1), epsilon: shape.epsilon });

/** A normalization of each piece of the rows, of the given width. */
export function byPieces(norm: Norm, width: number): Norm {
  return (network, x, name) => reshape(norm(network, reshape(x, [-1, width]), name), x.shape);
}
