import { ArgumentError } from "../core/errors.ts";
import { ancestors, operands, resolve } from "./ancestors.ts";
import type { Graph } from "./graph.ts";
import type { Node, Tensor } from "./graph.ts";
import { traitsOf } from "./registry.ts";
import { ARRAYS, type Attributes, type Value } from "./types.ts";

/** A node to serialize: operands by name, "" for an omitted one. */
export interface PlannedNode {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** The part of a graph that some outputs need, with pseudo-operations lowered and outputs under their names. */
export interface Plan {
  readonly graph: Graph;
  readonly nodes: readonly PlannedNode[];
  /** Needed inputs and parameters, in the order of declaration. */
  readonly inputs: readonly Tensor[];
  readonly constants: readonly Tensor[];
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** Outputs that the session computes from the graph's output of that name, by adding its rows at indices. */
  readonly sums: ReadonlyMap<string, RowSum>;
}

/** Rows `[n, ...]` to add at the rows `indices` `[n]` of a tensor shaped like `like`. */
export interface RowSum {
  readonly indices: Tensor;
  readonly like: Tensor;
}

/**
 * Selects the part of a graph that some outputs need.
 *
 * @param fed Whether every run is fed an input of this name, so that the session can add rows at its indices
 * @throws {ArgumentError} if there is no output, outputs belong to different graphs, or an input has the name of an output
 */
export function plan(
  outputs: Readonly<Record<string, Tensor>>,
  fed: (name: string) => boolean = () => false,
): Plan {
  const named = new Map(Object.entries(outputs));
  const graph = named.values().next().value?.graph;
  if (!graph) throw new ArgumentError("Cannot compile a graph without outputs");
  for (const [name, tensor] of named) {
    if (tensor.graph !== graph) {
      throw new ArgumentError(`Cannot compile the output "${name}": it belongs to another graph`);
    }
    if (name === "" || name.startsWith("%") || graph.inputs.has(name)) {
      throw new ArgumentError(`An output's name must not be empty, start with % or be an input's, found "${name}"`);
    }
  }
  const sums = new Map<string, RowSum>();
  for (const [name, tensor] of named) {
    const [rows, sum] = rowSum(tensor, fed) ?? [];
    if (!rows || !sum) continue;
    named.set(name, rows);
    sums.set(name, sum);
  }
  const { nodes, sizes } = reach([...named.values()]);
  const used = new Set<Tensor>(sizes.values().map(({ tensor }) => tensor));
  for (const { indices, like } of sums.values()) used.add(indices).add(like);
  for (const node of nodes) for (const input of operands(node)) if (input) used.add(input);
  for (const tensor of named.values()) used.add(tensor);
  return {
    graph,
    inputs: [...graph.inputs.values()].filter((tensor) => used.has(tensor)),
    constants: [...used].filter((tensor) => tensor.origin.kind === "constant").sort((a, b) => a.id - b.id),
    outputs: named,
    sums,
    nodes: lower(nodes, { named, sizes, used }),
  };
}

/**
 * Inputs of a plan with a fixed value, by name.
 *
 * @throws {ArgumentError} if a value has another type or shape
 */
export function fixedInputs({ inputs }: Plan, values: Readonly<Record<string, Value>>): Map<string, Value> {
  const fixed = new Map<string, Value>();
  for (const input of inputs) {
    const value = values[input.name];
    if (!value) continue;
    const type = ARRAYS[input.dtype];
    if (!type || !(value.data instanceof type)) {
      throw new ArgumentError(`Cannot fix ${input} as a ${value.data.constructor.name}`);
    }
    const fits = value.shape.length === input.rank &&
      input.shape.every((dim, axis) => typeof dim === "string" || dim === value.shape[axis]) &&
      value.shape.reduce((all, dim) => all * dim, 1) === value.data.length;
    if (!fits) {
      throw new ArgumentError(`Cannot fix ${input} as ${value.data.length} numbers of [${value.shape.join(", ")}]`);
    }
    fixed.set(input.name, value);
  }
  return fixed;
}

/** The rows of a tensor and where to add them, if it is a sum of rows at indices that are fed. */
function rowSum({ origin }: Tensor, fed: (name: string) => boolean): [Tensor, RowSum] | undefined {
  if (origin.kind !== "node" || !traitsOf(origin.node).addsRows) return undefined;
  const [, rows, indices, like] = origin.node.inputs as readonly Tensor[];
  const known = [indices, like].every(({ name, origin: { kind } }) =>
    (kind === "input" || kind === "parameter") && fed(name)
  );
  return known ? [rows, { indices, like }] : undefined;
}

type Sizes = Map<Node, { tensor: Tensor; axis: number }>;

/** The needed nodes, and for each Dim the tensor that has its size. */
function reach(outputs: readonly Tensor[]): { nodes: Node[]; sizes: Sizes } {
  const sizes: Sizes = new Map();
  const wanted = [...outputs];
  for (;;) {
    const nodes = ancestors(wanted);
    const open = nodes.filter((node) => traitsOf(node).isSize && !sizes.has(node));
    if (open.length === 0) return { nodes, sizes };
    const present = new Set<Tensor>(wanted);
    for (const node of nodes) {
      for (const tensor of [...operands(node), ...node.outputs]) if (tensor) present.add(tensor);
    }
    for (const node of open) {
      const source = sourceOf(node, present);
      sizes.set(node, source);
      wanted.push(source.tensor);
    }
  }
}

/**
 * Prefers an input that is needed anyway, then any input, then the oldest tensor with the name. All are inputs or older
 * than the node, so creation order stays topological.
 */
function sourceOf(node: Node, present: ReadonlySet<Tensor>): { tensor: Tensor; axis: number } {
  const name = (node.attributes.name as { string: string }).string;
  const all = node.outputs[0].graph.sources(name);
  const fed = all.filter(({ tensor }) => tensor.origin.kind === "input" || tensor.origin.kind === "parameter");
  return fed.find(({ tensor }) => present.has(tensor)) ?? fed[0] ?? all[0];
}

function lower(
  nodes: readonly Node[],
  { named, sizes, used }: { named: ReadonlyMap<string, Tensor>; sizes: Sizes; used: ReadonlySet<Tensor> },
): PlannedNode[] {
  const names = new Map<Tensor, string>();
  const copies: PlannedNode[] = [];
  const planned: PlannedNode[] = [];
  for (const [name, output] of named) {
    const tensor = resolve(output);
    if (tensor.origin.kind === "node" && !names.has(tensor)) names.set(tensor, name);
    else {
      const inputs = [names.get(tensor) ?? tensor.name];
      copies.push({ op: "Identity", domain: "", inputs, outputs: [name], attributes: {} });
    }
  }
  const nameOf = (tensor: Tensor) => names.get(resolve(tensor)) ?? resolve(tensor).name;
  for (const node of nodes) {
    if (node.outputs[0] !== resolve(node.outputs[0])) continue;
    const source = sizes.get(node);
    if (source) {
      const attributes = { start: { int: source.axis }, end: { int: source.axis + 1 } };
      const inputs = [nameOf(source.tensor)];
      planned.push({ op: "Shape", domain: "", inputs, outputs: [nameOf(node.outputs[0])], attributes });
      continue;
    }
    const inputs = operands(node).map((input) => input ? nameOf(input) : "");
    while (inputs.at(-1) === "") inputs.pop();
    // Statistics that only a gradient reads are omitted without one.
    const optional = traitsOf(node).optionalOutputs && !node.outputs.slice(1).some((output) => used.has(output));
    const outputs = node.outputs.slice(0, optional ? 1 : undefined).map(nameOf);
    planned.push({ op: node.op, domain: node.domain, inputs, outputs, attributes: node.attributes });
  }
  return scheduled([...planned, ...copies]);
}

/**
 * ONNX Runtime starts from the last node whose output no other node reads, and computes its dependencies first. Reversing
 * these nodes puts the gradients of the last layer at the end: each is computed as soon as possible, and its inputs are
 * freed before the next layer.
 */
function scheduled(nodes: readonly PlannedNode[]): PlannedNode[] {
  const taken = new Set(nodes.flatMap((node) => node.inputs));
  const ends = nodes.filter((node) => !node.outputs.some((output) => taken.has(output)));
  return [...nodes.filter((node) => node.outputs.some((output) => taken.has(output))), ...ends.reverse()];
}
