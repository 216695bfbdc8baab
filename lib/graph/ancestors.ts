import type { Node, Tensor } from "./graph.ts";
import { traitsOf } from "./registry.ts";

/** Operands that a node reads; further ones are for the gradient or the session. */
export function operands(node: Node): readonly (Tensor | undefined)[] {
  const { computes } = traitsOf(node);
  return computes === undefined ? node.inputs : node.inputs.slice(0, computes);
}

/** The tensor with the values of `tensor`: for a pseudo-operation that passes its operand through, the operand. */
export function resolve(tensor: Tensor): Tensor {
  const { origin } = tensor;
  return origin.kind === "node" && traitsOf(origin.node).passes ? resolve(origin.node.inputs[0]!) : tensor;
}

/** Every node that the tensors depend on, in creation order, which is topological. */
export function ancestors(tensors: readonly Tensor[]): Node[] {
  const found = new Set<Node>();
  const open = [...tensors];
  while (open.length > 0) {
    const { origin } = open.pop()!;
    if (origin.kind !== "node" || found.has(origin.node)) continue;
    found.add(origin.node);
    for (const input of operands(origin.node)) if (input) open.push(input);
  }
  return [...found].sort((a, b) => a.outputs[0].id - b.outputs[0].id);
}
