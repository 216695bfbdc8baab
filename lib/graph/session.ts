import { Tensor as NativeTensor } from "onnxruntime-node";
import { ArgumentError, KitError } from "../core/errors.ts";
import type { Plan, RowSum } from "./plan.ts";
import { evaluate } from "./shapes.ts";
import type { NativeSession } from "./side_session.ts";
import type { Tensor } from "./graph.ts";
import { ARRAYS, type DType, type Feeds, type Numbers, type Value } from "./types.ts";

/**
 * Computes outputs of a graph. Made by {@link compile}. Holds native memory until {@link dispose}, or the end of an
 * `await using` block.
 *
 * @category Graph
 */
export class Session {
  /** Names of the inputs of {@link run}, parameters included. */
  readonly inputs: readonly string[];
  /** Names of the outputs. */
  readonly outputs: readonly string[];
  readonly #plan: Plan;
  readonly #native: NativeSession;
  readonly #reuse: boolean;
  readonly #buffers = new Map<string, ArrayBuffer>();
  #running = false;

  /** For {@link compile}. */
  constructor(native: NativeSession, plan: Plan, { reuse }: { reuse: boolean }) {
    this.#native = native;
    this.#plan = plan;
    this.#reuse = reuse;
    this.inputs = plan.inputs.map((input) => input.name);
    this.outputs = [...plan.outputs.keys()];
  }

  /**
   * Computes the outputs. Feeds are not copied; those that the outputs do not need are ignored.
   *
   * @param only Names of the outputs to compute, by default all
   * @throws {ArgumentError} if an input is missing, or its type or shape is not the declared one
   * @throws {KitError} if ONNX Runtime fails, for example on an index out of range
   */
  async run(feeds: Feeds, { only = this.outputs }: { only?: readonly string[] } = {}): Promise<Record<string, Value>> {
    const names = new Map<string, number>();
    const fed: Record<string, NativeTensor> = {};
    for (const input of this.#plan.inputs) fed[input.name] = native(input, check(input, feeds, names));
    if (this.#reuse && this.#running) {
      throw new KitError("Cannot run a session with reuseOutputs twice at the same time");
    }
    const results: Record<string, Value> = {};
    const fetches: Record<string, NativeTensor | null> = {};
    for (const name of only) {
      const tensor = this.#plan.outputs.get(name);
      if (!tensor) {
        throw new ArgumentError(`Cannot compute "${name}": the outputs of this session are ${this.outputs.join(", ")}`);
      }
      const shape = tensor.shape.map((dim) => evaluate(dim, names));
      if (shape.some((dim) => dim === undefined)) fetches[name] = null;
      else {
        const value = { data: this.#buffer(name, tensor.dtype, shape as number[]), shape: shape as number[] };
        fetches[name] = native(tensor, value);
        results[name] = value;
      }
    }
    this.#running = true;
    try {
      const found = await this.#native.run(fed, fetches);
      for (const name of only) {
        results[name] ??= { data: found[name].data as Numbers, shape: found[name].dims };
        const sum = this.#plan.sums.get(name);
        if (sum) results[name] = this.#add(name, { rows: results[name], sum, feeds });
      }
    } catch (error) {
      throw new KitError(`Cannot compute ${only.join(", ")}: ${(error as Error).message}`, {}, { cause: error });
    } finally {
      this.#running = false;
    }
    return results;
  }

  /** Ends and writes the profile, if {@link compile} got the option `profile`. */
  endProfiling(): void {
    this.#native.endProfiling();
  }

  /** Frees the native memory. The session cannot run again. */
  async dispose(): Promise<void> {
    this.#buffers.clear();
    await this.#native.release();
  }

  /** Frees the native memory at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** Adds rows at the fed indices. */
  #add(name: string, { rows, sum: { indices, like }, feeds }: { rows: Value; sum: RowSum; feeds: Feeds }): Value {
    const { shape } = feeds[like.name];
    const places = feeds[indices.name].data;
    const result = this.#buffer(`%${name}`, "float32", shape) as Float32Array;
    result.fill(0);
    const width = shape.slice(1).reduce((all, dim) => all * dim, 1);
    const data = rows.data as Float32Array;
    for (let row = 0, from = 0; row < places.length; row++) {
      const place = Number(places[row]);
      if (!(place >= -shape[0] && place < shape[0])) {
        throw new RangeError(`an index in "${indices.name}" must be one of ${shape[0]} rows, found ${place}`);
      }
      const start = (place < 0 ? place + shape[0] : place) * width;
      const to = start + width;
      for (let at = start; at < to; at++) result[at] += data[from++];
    }
    return { data: result, shape };
  }

  #buffer(name: string, dtype: DType, shape: readonly number[]): Numbers {
    const length = shape.reduce((all, dim) => all * dim, 1);
    const type = ARRAYS[dtype];
    if (!type) throw new KitError(`Cannot return the ${dtype} output "${name}": cast it to float32`);
    if (!this.#reuse) return new type(length);
    const bytes = length * type.BYTES_PER_ELEMENT;
    let buffer = this.#buffers.get(name);
    if (!buffer || buffer.byteLength < bytes) {
      // If the size changes from run to run, the buffer grows with room to spare.
      buffer = new ArrayBuffer(buffer ? Math.ceil(bytes * 1.25 / 8) * 8 : bytes);
      this.#buffers.set(name, buffer);
    }
    return new type(buffer, 0, length);
  }
}

function check(input: Tensor, feeds: Feeds, names: Map<string, number>): Value {
  const value = feeds[input.name];
  const { dtype, shape } = input;
  if (!value) throw new ArgumentError(`Cannot run without the input "${input.name}" ${dtype} [${shape.join(", ")}]`);
  const type = ARRAYS[dtype];
  const wrong = (reason: string) =>
    new ArgumentError(`Cannot feed "${input.name}" ${dtype} [${shape.join(", ")}] with ${reason}`);
  if (!type || !(value.data instanceof type)) throw wrong(`a ${value.data?.constructor.name}`);
  if (value.shape.length !== shape.length) throw wrong(`the shape [${value.shape.join(", ")}]`);
  shape.forEach((dim, axis) => {
    const size = value.shape[axis];
    if (typeof dim === "string" && !names.has(dim)) names.set(dim, size);
    const wanted = typeof dim === "string" ? names.get(dim) : dim;
    if (size === wanted) return;
    const named = typeof dim === "string" ? ` (${dim})` : "";
    throw wrong(`the shape [${value.shape.join(", ")}]: axis ${axis}${named} must be ${wanted}`);
  });
  const count = value.shape.reduce((all, dim) => all * dim, 1);
  if (count !== value.data.length) {
    throw wrong(`${value.data.length} numbers for the shape [${value.shape.join(", ")}]`);
  }
  return value;
}

/** Numbers as ONNX Runtime's tensor, without a copy. */
export function native({ dtype }: { dtype: DType }, { data, shape }: Value): NativeTensor {
  // deno-lint-ignore no-explicit-any -- The constructor's overloads need the pair of type and array as literals.
  return new NativeTensor(dtype as any, data as any, shape);
}
