import type { Graph, Tensor } from "../../graph/graph.ts";
import { gelu, gemm, relu, sigmoid, silu, tanh } from "../../graph/mod.ts";

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
}

/** Linear layers after the pooling. */
export function project(graph: Graph, x: Tensor, dense: readonly DenseSettings[]): Tensor {
  dense.forEach(({ inputs, outputs, bias, activation }, i) => {
    const weight = graph.parameter(`dense.${i}.weight`, [outputs, inputs]);
    x = gemm(x, weight, { transB: true, c: bias ? graph.parameter(`dense.${i}.bias`, [outputs]) : undefined });
    x = FUNCTIONS[activation](x);
  });
  return x;
}
