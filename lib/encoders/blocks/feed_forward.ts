import type { Tensor } from "../../graph/graph.ts";
import { mul, split } from "../../graph/mod.ts";
import { activate } from "./activate.ts";
import { linear } from "./linear.ts";
import type { Network } from "./network.ts";

/** Where a feed-forward part is, and whether it has biases. */
export interface FeedForwardOptions {
  readonly at: string;
  /** @default {true} */
  readonly bias?: boolean;
}

/** Two products with an activation between them. */
export function feedForward(network: Network, x: Tensor, { at, bias }: FeedForwardOptions): Tensor {
  const { inner, activation } = network.shape;
  const hidden = activate(linear(network, x, { name: `${at}.ffn.in`, outputs: inner, bias }), activation);
  return linear(network, hidden, { name: `${at}.ffn.out`, inputs: inner, bias });
}

/** A gated feed-forward part (Shazeer, arXiv 2002.05202) with a tensor each for the gate and what it gates. */
export function gatedFeedForward(network: Network, x: Tensor, { at, bias = false }: FeedForwardOptions): Tensor {
  const { inner, activation } = network.shape;
  const [gate, value] = ["gate", "in"].map((name) =>
    linear(network, x, { name: `${at}.ffn.${name}`, outputs: inner, bias })
  );
  return linear(network, mul(activate(gate, activation), value), { name: `${at}.ffn.out`, inputs: inner, bias });
}

/** The same with one tensor for both, the gate first. */
export function joinedFeedForward(network: Network, x: Tensor, { at, bias = false }: FeedForwardOptions): Tensor {
  const { inner, activation } = network.shape;
  const both = linear(network, x, { name: `${at}.ffn.in`, outputs: 2 * inner, bias });
  const [gate, value] = split(both, { axis: 1, sizes: [inner, inner] });
  return linear(network, mul(activate(gate, activation), value), { name: `${at}.ffn.out`, inputs: inner, bias });
}
