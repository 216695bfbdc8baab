import type { Graph } from "./graph.ts";
import type { Attributes, Dim, DType, Numbers } from "./types.ts";

/** An operation in a graph: an ONNX node, or one of the pseudo-operations that the serializer lowers. */
export interface Node {
  readonly op: string;
  /** Operator set; empty for ONNX itself. */
  readonly domain: string;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: Attributes;
  /** Filled once, when the node is appended. */
  readonly outputs: readonly Tensor[];
}

/** Where a tensor comes from. */
export type Origin =
  | { readonly kind: "input" | "parameter" }
  | { readonly kind: "constant"; readonly data: Numbers }
  | { readonly kind: "node"; readonly node: Node };

/**
 * A symbolic tensor: a place in a {@link Graph} with an element type and a shape, but without numbers until a session
 * runs. Operations are functions of tensors, such as `add(a, b)`.
 * @category Graph
 */
export class Tensor {
  readonly graph: Graph;
  /** Creation order; a node's outputs always come after its inputs. */
  readonly id: number;
  readonly name: string;
  readonly dtype: DType;
  /** Numbers, and names for sizes that are known when the graph runs. */
  readonly shape: readonly Dim[];
  readonly origin: Origin;

  /** Made by {@link Graph}; use its methods. */
  constructor(graph: Graph, fields: { id: number; name: string; dtype: DType; shape: readonly Dim[]; origin: Origin }) {
    this.graph = graph;
    this.id = fields.id;
    this.name = fields.name;
    this.dtype = fields.dtype;
    this.shape = fields.shape;
    this.origin = fields.origin;
  }

  /** Number of dimensions. */
  get rank(): number {
    return this.shape.length;
  }

  /** For messages: `name float32 [tokens, 384]`. */
  toString(): string {
    return `${this.name} ${this.dtype} [${this.shape.join(", ")}]`;
  }

  /** Shows itself in a notebook as one line. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Tensor ${this}`;
  }
}
