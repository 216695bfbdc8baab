import type { Node, Tensor } from "./graph.ts";

/** Operands that a node computes with; any further ones tell the gradient or the session more. */
export function operands(node: Node): readonly (Tensor | undefined)[] {
  if (node.op === "Gather") return node.inputs.slice(0, 2);
  return node.op === "AddRows" ? node.inputs.slice(0, 1) : node.inputs;
}

/** The tensor that computes what `tensor` stands for: the operand of a pseudo-operation that only passes it on. */
export function resolve(tensor: Tensor): Tensor {
  const { origin } = tensor;
  const passes = origin.kind === "node" && (origin.node.op === "StopGradient" || origin.node.op === "AddRows");
  return passes ? resolve(origin.node.inputs[0]!) : tensor;
}

/** Every node that the tensors depend on, in the order of creation, which is a topological one. */
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
