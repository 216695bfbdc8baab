import type { Graph, Tensor } from "../../graph/graph.ts";
import { gelu, gemm, layerNormalization, relu, sigmoid, silu, tanh } from "../../graph/mod.ts";

/** Activations after a linear layer, by their names in PyTorch. */
export const DENSE_ACTIVATIONS: Readonly<Record<string, DenseActivation>> = {
  Identity: "identity",
  Tanh: "tanh",
  ReLU: "relu",
  GELU: "gelu",
  Sigmoid: "sigmoid",
  SiLU: "silu",
};

/**
 * Activation after a linear layer.
 *
 * @category Encoders
 */
export type DenseActivation = "identity" | "tanh" | "relu" | "gelu" | "sigmoid" | "silu";

const FUNCTIONS: Readonly<Record<DenseActivation, (x: Tensor) => Tensor>> = {
  identity: (x) => x,
  tanh,
  relu,
  gelu,
  sigmoid,
  silu,
};

/**
 * A linear layer after the pooling (sentence-transformers' Dense).
 *
 * @category Encoders
 */
export interface DenseSettings {
  /** Folder of its weights, relative to the model's. */
  readonly folder: string;
  /** Width of its input. */
  readonly inputs: number;
  /** Width of its output. */
  readonly outputs: number;
  /** Whether it has a bias. */
  readonly bias: boolean;
  /** Activation after it. */
  readonly activation: DenseActivation;
  /** Layer normalization behind that. Omit for none. */
  readonly norm?: { readonly epsilon: number; readonly bias: boolean };
}

/** Linear layers after the pooling. */
export function project(graph: Graph, x: Tensor, dense: readonly DenseSettings[]): Tensor {
  dense.forEach(({ inputs, outputs, bias, activation, norm }, i) => {
    const weight = graph.parameter(`dense.${i}.weight`, [outputs, inputs]);
    x = gemm(x, weight, { transB: true, c: bias ? graph.parameter(`dense.${i}.bias`, [outputs]) : undefined });
    x = FUNCTIONS[activation](x);
    if (norm) {
      const [scale, shift] = ["weight", "bias"].map((kind) => () =>
        graph.parameter(`dense.${i}.norm.${kind}`, [outputs])
      );
      x = layerNormalization(x, { scale: scale(), bias: norm.bias ? shift() : undefined, epsilon: norm.epsilon });
    }
  });
  return x;
}
