import type { Tensor } from "../../graph/graph.ts";
import { gemm } from "../../graph/mod.ts";
import type { Network } from "./network.ts";

/** A linear layer `[rows, inputs]` to `[rows, outputs]`; as wide as the network unless it says otherwise. */
export function linear(
  { graph, shape: { width }, adapter, adapterDropout }: Network,
  x: Tensor,
  { name, inputs = width, outputs = width, bias = true }: {
    name: string;
    inputs?: number;
    outputs?: number;
    bias?: boolean;
  },
): Tensor {
  const weight = graph.parameter(`${name}.weight`, [outputs, inputs]);
  const y = gemm(x, weight, { transB: true, c: bias ? graph.parameter(`${name}.bias`, [outputs]) : undefined });
  if (!adapter?.names.includes(name)) return y;
  const [first, second] = [
    graph.parameter(`${name}.lora_A`, [adapter.rank, inputs]),
    graph.parameter(`${name}.lora_B`, [outputs, adapter.rank]),
  ];
  const narrow = gemm(adapterDropout?.(x) ?? x, first, { transB: true });
  return gemm(narrow, second, { transB: true, alpha: adapter.scale, c: y });
}
