import type { Tensor } from "../../graph/graph.ts";
import { cos, mul, range, sin, unsqueeze } from "../../graph/mod.ts";
import type { Layout, Network } from "./network.ts";
import { headWidthOf, type RotarySettings } from "./shape.ts";

/** Cosines and sines of a text's positions, `[length, width of a head / 2]`. */
export interface Angles {
  readonly cos: Tensor;
  readonly sin: Tensor;
}

/** Angles of rotary positions, in 32-bit floats as transformers computes them. */
export function angles({ graph, shape }: Network, layout: Layout, { base, factor = 1 }: RotarySettings): Angles {
  const width = headWidthOf(shape);
  const frequencies = Float32Array.from(
    { length: width / 2 },
    (_, i) => Math.fround(1 / Math.fround(base ** Math.fround(2 * i / width))) / factor,
  );
  const positions = unsqueeze(range(graph, layout.length, { dtype: "float32" }), [1]);
  const turned = mul(positions, graph.constant(frequencies, { shape: [1, width / 2] }));
  return { cos: cos(turned), sin: sin(turned) };
}
