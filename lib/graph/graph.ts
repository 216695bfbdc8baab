import { ArgumentError } from "../core/errors.ts";
import { constantData, constantKey, type ConstantValue, naturalType } from "./constants.ts";
import { sameShape } from "./shapes.ts";
import type { Attributes, Dim, DType, Numbers } from "./types.ts";

/**
 * An operation in a graph: an ONNX node, or a pseudo-operation that is lowered before the graph is written.
 *
 * @category Graph
 */
export interface Node {
  /** Its operation in ONNX, such as "MatMul". */
  readonly op: string;
  /** Operator set; empty for ONNX's own. */
  readonly domain: string;
  /** What it reads; undefined for an optional input that is left out. */
  readonly inputs: readonly (Tensor | undefined)[];
  /** Its fixed settings. */
  readonly attributes: Attributes;
  /** Filled once, when the node is appended. */
  readonly outputs: readonly Tensor[];
}

/**
 * Where a tensor comes from.
 *
 * @category Graph
 */
export type Origin =
  | { readonly kind: "input" | "parameter" }
  | { readonly kind: "constant"; readonly data: Numbers }
  | { readonly kind: "node"; readonly node: Node };

/**
 * Type and shape of an output of {@link Graph.append}.
 *
 * @category Graph
 */
export interface OutputType {
  /** Type of its numbers. */
  readonly dtype: DType;
  /** Its sizes. */
  readonly shape: readonly Dim[];
}

/**
 * A symbolic tensor: a place in a {@link Graph} with an element type and a shape, but without numbers until a session
 * runs. Operations are functions of tensors, such as `add(a, b)`.
 *
 * @category Graph
 */
export class Tensor {
  /** The graph that it belongs to. */
  readonly graph: Graph;
  /** Creation order; a node's outputs always come after its inputs. */
  readonly id: number;
  /** Its name in the ONNX model, unique in its graph. */
  readonly name: string;
  /** Type of its numbers. */
  readonly dtype: DType;
  /** Sizes, and names of sizes that are known when the graph runs. */
  readonly shape: readonly Dim[];
  /** Where it comes from: an input, a constant, or a node. */
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

/**
 * A computation under construction: inputs, parameters and constants, and the operations between them. Equal operations
 * on equal operands are one node. Nothing is computed until {@link compile} makes a session of some outputs.
 *
 * @example
 * ```ts
 * import { compile, gemm, gradients, Graph, mul, reduceSum } from "@syneg/kit/graph";
 *
 * const graph = new Graph();
 * const x = graph.input("x", { shape: ["rows", 3] });
 * const w = graph.parameter("w", [2, 3]);
 * const y = gemm(x, w, { transB: true });
 * const loss = reduceSum(mul(y, y));
 * const [gradient] = gradients(loss, [w]);
 * const session = await compile({ loss, gradient });
 * const result = await session.run({
 *   x: { data: Float32Array.of(1, 2, 3), shape: [1, 3] },
 *   w: { data: Float32Array.of(1, 0, 0, 0, 1, 0), shape: [2, 3] },
 * });
 * console.log(result.loss.data[0], [...result.gradient.data]); // 5 [ 2, 4, 6, 4, 8, 12 ]
 * await session.dispose();
 * ```
 *
 * @category Graph
 */
export class Graph {
  readonly #inputs = new Map<string, Tensor>();
  readonly #parameters = new Map<string, Tensor>();
  readonly #known = new Map<string, readonly Tensor[]>();
  /** For each name of a dimension, the tensors that have it, with the axis. */
  readonly #sources = new Map<string, { tensor: Tensor; axis: number }[]>();
  readonly #folded = new Map<Tensor, Set<Tensor>>();
  #count = 0;

  /** Everything that is fed, parameters included, in the order of declaration. */
  get inputs(): ReadonlyMap<string, Tensor> {
    return this.#inputs;
  }

  /** The parameters in the order of declaration. */
  get parameters(): ReadonlyMap<string, Tensor> {
    return this.#parameters;
  }

  /**
   * Declares an input that every run is fed.
   *
   * @throws {ArgumentError} if the name is taken or a dimension is neither a size nor a name
   */
  input(name: string, { dtype = "float32", shape }: { dtype?: DType; shape: readonly Dim[] }): Tensor {
    return this.#declare(name, { dtype, shape, kind: "input" });
  }

  /**
   * Declares weights: a float32 input that is fed at every run without being copied, and can be trained. Weights shared
   * by several places are declared again, with the same shape.
   */
  parameter(name: string, shape: readonly Dim[]): Tensor {
    const known = this.#parameters.get(name);
    if (known && sameShape(known.shape, shape)) return known;
    const tensor = this.#declare(name, { dtype: "float32", shape, kind: "parameter" });
    this.#parameters.set(name, tensor);
    return tensor;
  }

  /**
   * Adds numbers to the graph. A single number or boolean is a scalar (`[]`); an array has one dimension unless `shape`
   * says otherwise.
   *
   * @param options `dtype` defaults to that of a typed array, to bool for booleans, and to float32 for other numbers
   * @throws {ArgumentError} if a number does not fit the type, or the count does not fit the shape
   */
  constant(value: ConstantValue, options: { dtype?: DType; shape?: readonly number[] } = {}): Tensor {
    const dtype = options.dtype ?? naturalType(value);
    const data = constantData(value, dtype);
    const scalar = typeof value === "number" || typeof value === "boolean";
    const shape = options.shape ?? (scalar ? [] : [data.length]);
    if (shape.reduce((all, dim) => all * dim, 1) !== data.length) {
      throw new ArgumentError(`Cannot make a constant of shape [${shape.join(", ")}] from ${data.length} numbers`);
    }
    const key = constantKey(data, { dtype, shape });
    const found = key === undefined ? undefined : this.#known.get(key)?.[0];
    if (found) return found;
    const tensor = this.#tensor({ dtype, shape, origin: { kind: "constant", data } });
    if (key !== undefined) this.#known.set(key, [tensor]);
    return tensor;
  }

  /** Appends an operation, or returns the outputs of an equal one. For operations and gradient rules; does not check. */
  append(
    op: string,
    inputs: readonly (Tensor | undefined)[],
    { outputs, attributes = {}, domain = "" }: {
      outputs: readonly OutputType[];
      attributes?: Attributes;
      domain?: string;
    },
  ): readonly Tensor[] {
    for (const input of inputs) {
      if (input && input.graph !== this) {
        throw new ArgumentError(`Cannot build ${op}: its operand ${input} belongs to another graph`);
      }
    }
    const key = JSON.stringify([domain, op, inputs.map((input) => input?.id ?? -1), attributes, outputs.length]);
    const found = this.#known.get(key);
    if (found) return found;
    const made: Tensor[] = [];
    const node: Node = { op, domain, inputs, attributes, outputs: made };
    for (const output of outputs) made.push(this.#tensor({ ...output, origin: { kind: "node", node } }));
    this.#known.set(key, made);
    return made;
  }

  /** Tensors that have a dimension of this name, oldest first, with the axis. */
  sources(name: string): readonly { tensor: Tensor; axis: number }[] {
    return this.#sources.get(name) ?? [];
  }

  /** Records that `result` bypasses `operand`: it was built from the operand's own operands. Returns `result`. */
  fold(operand: Tensor, result: Tensor): Tensor {
    const results = this.#folded.get(operand);
    if (results) results.add(result);
    else this.#folded.set(operand, new Set([result]));
    return result;
  }

  /** Tensors that bypass this one, directly or through another. */
  folded(operand: Tensor): ReadonlySet<Tensor> {
    const found = new Set([operand]);
    for (const each of found) for (const result of this.#folded.get(each) ?? []) found.add(result);
    found.delete(operand);
    return found;
  }

  #declare(
    name: string,
    { dtype, shape, kind }: { dtype: DType; shape: readonly Dim[]; kind: "input" | "parameter" },
  ): Tensor {
    if (this.#inputs.has(name)) throw new ArgumentError(`Cannot declare "${name}" twice in one graph`);
    if (name === "" || name.startsWith("%")) throw new ArgumentError(`Cannot name an input "${name}"`);
    for (const dim of shape) {
      if (typeof dim === "number" ? !Number.isInteger(dim) || dim < 0 : !/^[A-Za-z_][\w.-]*$/.test(dim)) {
        throw new ArgumentError(`Cannot declare "${name}" with the dimension ${dim}: it must be a size or a name`);
      }
    }
    const tensor = this.#tensor({ name, dtype, shape, origin: { kind } });
    this.#inputs.set(name, tensor);
    return tensor;
  }

  #tensor(fields: { name?: string; dtype: DType; shape: readonly Dim[]; origin: Origin }): Tensor {
    const id = this.#count++;
    const tensor = new Tensor(this, { ...fields, id, name: fields.name ?? `%${id}`, shape: [...fields.shape] });
    tensor.shape.forEach((dim, axis) => {
      if (typeof dim === "number") return;
      const list = this.#sources.get(dim);
      if (list) list.push({ tensor, axis });
      else this.#sources.set(dim, [{ tensor, axis }]);
    });
    return tensor;
  }
}
