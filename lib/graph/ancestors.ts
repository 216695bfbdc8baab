import type { Node, Tensor } from "./tensor.ts";

/** Operands that a node computes with; any further ones are there for its gradient alone. */
export function operands(node: Node): readonly (Tensor | undefined)[] {
  return node.op === "Gather" ? node.inputs.slice(0, 2) : node.inputs;
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
