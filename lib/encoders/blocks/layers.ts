import type { Tensor } from "../../graph/graph.ts";
import { add } from "../../graph/mod.ts";
import type { Layout, Network } from "./network.ts";
import type { Norm } from "./norms.ts";

/** What one layer computes, by the prefix of its parameters' names and its number. */
export interface LayerParts {
  attention(x: Tensor, at: string, layer: number): Tensor;
  feedForward(x: Tensor, at: string): Tensor;
  readonly norm: Norm;
}

/** Layers that normalize sums (BERT): `[rows, width]` to `[rows, width]`. */
export function postNormLayers(network: Network, x: Tensor, { layout, ...parts }: LayerParts & { layout: Layout }) {
  for (let i = 0; i < network.shape.layers; i++) {
    const at = `layer.${i}`;
    x = parts.norm(network, add(x, layout.dropout(parts.attention(x, at, i))), `${at}.attention.norm`);
    x = parts.norm(network, add(x, layout.dropout(parts.feedForward(x, at))), `${at}.ffn.norm`);
  }
  return x;
}

/** How {@link preNormLayers} differ from each other. */
export interface PreNormOptions extends LayerParts {
  readonly layout: Layout;
  /** Whether the first layer's attention takes its input as it is. @default {false} */
  readonly firstAsIs?: boolean;
  /** Whether what is added is normalized, too (Gemma). @default {false} */
  readonly after?: boolean;
}

/** Layers that normalize what their parts take, and the last layer's sum. */
export function preNormLayers(network: Network, x: Tensor, options: PreNormOptions): Tensor {
  const { layout, norm, firstAsIs = false, after = false } = options;
  for (let i = 0; i < network.shape.layers; i++) {
    const at = `layer.${i}`;
    const ready = firstAsIs && i === 0 ? x : norm(network, x, `${at}.attention.norm`);
    const attended = options.attention(ready, at, i);
    x = add(x, layout.dropout(after ? norm(network, attended, `${at}.attention.after_norm`) : attended));
    const fed = options.feedForward(norm(network, x, `${at}.ffn.norm`), at);
    x = add(x, layout.dropout(after ? norm(network, fed, `${at}.ffn.after_norm`) : fed));
  }
  return norm(network, x, "final_norm");
}
