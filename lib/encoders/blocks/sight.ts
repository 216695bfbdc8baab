import type { Tensor } from "../../graph/graph.ts";
import { sightBias } from "./masks.ts";
import type { Layout, Network } from "./network.ts";
import { type Angles, angles } from "./rotary.ts";

/** Bias of the scores, and rotary positions, of a layer. */
export interface LayerSight {
  readonly bias: Tensor | undefined;
  readonly angles: Angles | undefined;
}

/** What each layer sees, by its number: layers of one kind share their tensors. */
export function layerSight(network: Network, layout: Layout): (layer: number) => LayerSight {
  const { rotary, localRotary = rotary, local, window, causal } = network.shape;
  const kind = (settings: typeof rotary, window?: number): LayerSight => ({
    bias: sightBias(network, layout, { causal, window }),
    angles: settings && angles(network, layout, settings),
  });
  const whole = kind(rotary);
  const near = local?.includes(true) ? kind(localRotary, window) : whole;
  return (layer) => local?.[layer] ? near : whole;
}
