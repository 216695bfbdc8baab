import type { Tensor } from "../graph.ts";
import type { Attributes, Dim, DType } from "../types.ts";

/** Appends a node of one output. */
export function node(
  op: string,
  inputs: readonly [Tensor, ...(Tensor | undefined)[]],
  options: { dtype?: DType; shape: readonly Dim[]; attributes?: Attributes; domain?: string },
): Tensor {
  const { dtype = inputs[0].dtype, shape, attributes, domain } = options;
  return inputs[0].graph.append(op, inputs, { outputs: [{ dtype, shape }], attributes, domain })[0];
}
