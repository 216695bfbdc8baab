import { ArgumentError } from "../core/errors.ts";
import { checkDeclaration } from "./check_declaration.ts";
import { constantData, constantKey, type ConstantValue, naturalType } from "./constants.ts";
import { Links } from "./links.ts";
import { sameShape } from "./shapes.ts";
import type { Attributes, Dim, DType, Numbers } from "./types.ts";

/**
 * An operation in a graph: an ONNX node, or a pseudo-operation that is lowered before serialization.
 *
 * @category Graph
 */
export interface Node {
  /** Its operation in ONNX, such as "MatMul". */
  readonly op: string;
  /** Operator set; empty for ONNX's own. */
  readonly domain: string;
  /** Inputs; undefined for an omitted optional one. */
  readonly inputs: readonly (Tensor | undefined)[];
  /** Attributes. */
  readonly attributes: Attributes;
  /** Outputs, set when the node is appended. */
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
  /** Element type. */
  readonly dtype: DType;
  /** Shape. */
  readonly shape: readonly Dim[];
}

/**
 * A symbolic tensor: a value in a {@link Graph} with an element type and a shape. Its numbers exist only when a session
 * runs. Operations are functions of tensors, such as `add(a, b)`.
 *
 * @category Graph
 */
export class Tensor {
  /** Its graph. */
  readonly graph: Graph;
  /** Creation order: outputs of a node follow its inputs. */
  readonly id: number;
  /** Name in the ONNX model, unique in its graph. */
  readonly name: string;
  /** Element type. */
  readonly dtype: DType;
  /** Sizes, and names of sizes that a run determines. */
  readonly shape: readonly Dim[];
  /** Its origin: an input, a parameter, a constant, or a node. */
  readonly origin: Origin;

  /** For {@link Graph}; use its methods. */
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
 * A computation under construction: inputs, parameters, constants, and operations on them. Equal operations on equal
 * operands share one node. Nothing is computed until {@link compile} makes a session for some outputs.
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
  /** Tensors that have a dimension of a name, with the axis. */
  readonly #sources = new Map<string, { tensor: Tensor; axis: number }[]>();
  readonly #folds = new Links<Tensor>();
  #count = 0;

  /** Inputs and parameters, in the order of declaration. */
  get inputs(): ReadonlyMap<string, Tensor> {
    return this.#inputs;
  }

  /** Parameters, in the order of declaration. */
  get parameters(): ReadonlyMap<string, Tensor> {
    return this.#parameters;
  }

  /**
   * Declares an input that every run must be fed.
   *
   * @throws {ArgumentError} if the name is taken or a dimension is neither a size nor a name
   */
  input(name: string, { dtype = "float32", shape }: { dtype?: DType; shape: readonly Dim[] }): Tensor {
    return this.#declare(name, { dtype, shape, kind: "input" });
  }

  /**
   * Declares trainable weights: a float32 input that every run is fed, without a copy. To share weights, declare them
   * again with the same shape.
   */
  parameter(name: string, shape: readonly Dim[]): Tensor {
    const known = this.#parameters.get(name);
    if (known && sameShape(known.shape, shape)) return known;
    const tensor = this.#declare(name, { dtype: "float32", shape, kind: "parameter" });
    this.#parameters.set(name, tensor);
    return tensor;
  }

  /**
   * Adds constant numbers. A single number or boolean is a scalar, `[]`; an array has one dimension unless `shape` is
   * given.
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
      throw new ArgumentError(`Cannot make a constant of the shape [${shape.join(", ")}] from ${data.length} numbers`);
    }
    const key = constantKey(data, { dtype, shape });
    const found = key === undefined ? undefined : this.#known.get(key)?.[0];
    if (found) return found;
    const tensor = this.#tensor({ dtype, shape, origin: { kind: "constant", data } });
    if (key !== undefined) this.#known.set(key, [tensor]);
    return tensor;
  }

  /** Appends an operation without checks, or returns the outputs of an equal one. For operations and gradient rules. */
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
        throw new ArgumentError(`Cannot build ${op}: the operand ${input} belongs to another graph`);
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

  /** Tensors with a dimension of this name, oldest first, and the axis. */
  sources(name: string): readonly { tensor: Tensor; axis: number }[] {
    return this.#sources.get(name) ?? [];
  }

  /** Records that `result` bypasses `operand`, because it is built from the operand's own operands. Returns `result`. */
  fold(operand: Tensor, result: Tensor): Tensor {
    this.#folds.add(operand, result);
    return result;
  }

  /** Tensors that bypass this one, directly or through another. */
  folded(operand: Tensor): ReadonlySet<Tensor> {
    return this.#folds.reachable(operand);
  }

  #declare(
    name: string,
    { dtype, shape, kind }: { dtype: DType; shape: readonly Dim[]; kind: "input" | "parameter" },
  ): Tensor {
    checkDeclaration(name, shape, this.#inputs);
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
