import { ArgumentError } from "../core/errors.ts";
import { sameShape } from "./shapes.ts";
import { type Node, Tensor } from "./tensor.ts";
import type { Attributes, Dim, DType, Numbers } from "./types.ts";

/** Type and shape of an output of {@link Graph.append}. */
export interface OutputType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
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
 * @category Graph
 */
export class Graph {
  readonly #inputs = new Map<string, Tensor>();
  readonly #parameters = new Map<string, Tensor>();
  readonly #known = new Map<string, readonly Tensor[]>();
  /** For every name of a dimension, the tensors that have it, with the axis. */
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
   * Declares something that every run is fed.
   *
   * @throws {ArgumentError} if the name is taken or a dimension is neither a size nor a name
   */
  input(name: string, { dtype = "float32", shape }: { dtype?: DType; shape: readonly Dim[] }): Tensor {
    return this.#declare(name, { dtype, shape, kind: "input" });
  }

  /**
   * Declares weights: a float32 input that is fed at every run without being copied, and can be learnt. Weights that are
   * used at several places are declared again, with the same shape.
   */
  parameter(name: string, shape: readonly Dim[]): Tensor {
    const known = this.#parameters.get(name);
    if (known && sameShape(known.shape, shape)) return known;
    const tensor = this.#declare(name, { dtype: "float32", shape, kind: "parameter" });
    this.#parameters.set(name, tensor);
    return tensor;
  }

  /**
   * Numbers that belong to the graph. A single number or boolean is a scalar (`[]`), an array has one dimension unless
   * `shape` says otherwise.
   *
   * @param options `dtype` is by default that of a typed array, bool for booleans and float32 for other numbers
   * @throws {ArgumentError} if a number does not fit the type, or there are too many or too few of them for the shape
   */
  constant(
    value: number | boolean | readonly number[] | Numbers,
    { dtype, shape }: { dtype?: DType; shape?: readonly number[] } = {},
  ): Tensor {
    const type = dtype ?? natural(value);
    const scalar = typeof value === "number" || typeof value === "boolean";
    const data = typed(scalar ? [Number(value)] : value, type);
    const dims = shape ?? (scalar ? [] : [data.length]);
    if (dims.reduce((all, dim) => all * dim, 1) !== data.length) {
      throw new ArgumentError(`Cannot make a constant of shape [${dims.join(", ")}] from ${data.length} numbers`);
    }
    const key = data.length <= 16 ? `constant ${type} [${dims}] ${bits(data)}` : undefined;
    const found = key === undefined ? undefined : this.#known.get(key)?.[0];
    if (found) return found;
    const tensor = this.#tensor({ dtype: type, shape: dims, origin: { kind: "constant", data } });
    if (key !== undefined) this.#known.set(key, [tensor]);
    return tensor;
  }

  /** Appends an operation, or finds the equal one that is there. For operations and gradient rules; checks nothing. */
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

  /** Tells that `result` was built of what stands before `operand`, past it; gives the result. For operations. */
  fold(operand: Tensor, result: Tensor): Tensor {
    const results = this.#folded.get(operand);
    if (results) results.add(result);
    else this.#folded.set(operand, new Set([result]));
    return result;
  }

  /** Tensors that were built of what stands before this one, past it, or past one of them. */
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
        throw new ArgumentError(`Cannot declare "${name}" with the dimension ${dim}: want a size or a name`);
      }
    }
    const tensor = this.#tensor({ name, dtype, shape, origin: { kind } });
    this.#inputs.set(name, tensor);
    return tensor;
  }

  #tensor(fields: { name?: string; dtype: DType; shape: readonly Dim[]; origin: Tensor["origin"] }): Tensor {
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

function natural(value: number | boolean | readonly number[] | Numbers): DType {
  if (typeof value === "boolean" || value instanceof Uint8Array) return "bool";
  if (value instanceof Int32Array) return "int32";
  if (value instanceof BigInt64Array) return "int64";
  return "float32";
}

function typed(values: readonly number[] | Numbers, dtype: DType): Numbers {
  const wrong = () => new ArgumentError(`Cannot make a ${dtype} constant from a ${values.constructor.name}`);
  switch (dtype) {
    case "float32":
      if (values instanceof Float32Array) return values.slice();
      if (!Array.isArray(values)) throw wrong();
      return Float32Array.from(values);
    case "int32":
      if (values instanceof Int32Array) return values.slice();
      if (!Array.isArray(values)) throw wrong();
      return Int32Array.from(whole(values, dtype, (value) => value === (value | 0)));
    case "int64":
      if (values instanceof BigInt64Array) return values.slice();
      if (!Array.isArray(values)) throw wrong();
      return BigInt64Array.from(whole(values, dtype, Number.isSafeInteger), BigInt);
    case "bool":
      if (values instanceof Uint8Array) return values.slice();
      if (!Array.isArray(values)) throw wrong();
      return Uint8Array.from(values);
    case "float16":
      throw new ArgumentError("Cannot make a float16 constant: make it float32 and cast it");
    default:
      throw new ArgumentError(`Cannot make a constant of the type ${dtype satisfies never}`);
  }
}

/** The values, if they all are whole numbers that the type can hold. */
function whole(values: readonly number[], dtype: DType, fits: (value: number) => boolean): readonly number[] {
  const odd = values.find((value) => !fits(value));
  if (odd !== undefined) throw new ArgumentError(`Cannot make an ${dtype} constant from ${odd}: want whole numbers`);
  return values;
}

function bits(data: Numbers): string {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).toHex();
}
