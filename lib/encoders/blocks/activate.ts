import type { Tensor } from "../../graph/graph.ts";
import { gelu, geluTanh, relu, silu } from "../../graph/mod.ts";
import type { Activation } from "./shape.ts";

/** Applies an activation. */
export function activate(x: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case "gelu":
      return gelu(x);
    case "gelu_tanh":
      return geluTanh(x);
    case "relu":
      return relu(x);
    case "silu":
      return silu(x);
    default:
      return activation satisfies never;
  }
}
