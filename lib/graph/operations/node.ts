import type { Node, Tensor } from "../graph.ts";
import type { Attributes, Dim, DType } from "../types.ts";

/** Appends a node with one output. */
export function node(
  op: string,
  inputs: readonly [Tensor, ...(Tensor | undefined)[]],
  options: { dtype?: DType; shape: readonly Dim[]; attributes?: Attributes; domain?: string },
): Tensor {
  const { dtype = inputs[0].dtype, shape, attributes, domain } = options;
  return inputs[0].graph.append(op, inputs, { outputs: [{ dtype, shape }], attributes, domain })[0];
}

/** The node that computes a tensor, if it is this operation: what builders and gradient rules match to fuse nodes. */
export function producer({ origin }: Tensor, op: string): Node | undefined {
  return origin.kind === "node" && origin.node.op === op ? origin.node : undefined;
}
