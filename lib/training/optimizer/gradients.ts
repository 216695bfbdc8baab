import type { Parameter } from "../../encoders/types.ts";
import type { Value } from "../../graph/types.ts";

/**
 * The gradient of one parameter: of all its numbers, or of some rows of a sparse one.
 *
 * @category Training
 */
export interface Gradient {
  /** Whose gradient. */
  readonly parameter: Parameter;
  /** Rows that `data` holds, ascending; omitted if it holds them all. */
  readonly rows?: Int32Array;
  /** The numbers, row by row. */
  readonly data: Float32Array;
}

/**
 * Sums the gradients of the runs that make up one optimizer step: micro-batches, GradCache's chunks. A run's gradients
 * are added in the order of the calls, so that the sum is reproducible.
 */
export class GradientSum {
  readonly #dense = new Map<string, Float32Array>();
  readonly #sparse = new Map<string, SparseSum>();
  readonly #parameters: readonly Parameter[];
  #empty = true;

  constructor(parameters: readonly Parameter[]) {
    this.#parameters = parameters;
    for (const { name, shape, data, sparse } of parameters) {
      if (sparse) this.#sparse.set(name, new SparseSum(shape[1]));
      else this.#dense.set(name, new Float32Array(data.length));
    }
  }

  /** Starts from zero. */
  clear(): void {
    this.#empty = true;
    for (const sum of this.#sparse.values()) sum.clear();
  }

  /** Adds `scale` times a run's gradients; `rows` names the rows of the sparse ones. */
  add(gradients: ReadonlyMap<string, Value>, rows: ReadonlyMap<string, Int32Array>, scale: number): void {
    for (const [name, { data }] of gradients) {
      const numbers = data as Float32Array;
      const sparse = this.#sparse.get(name);
      if (sparse) {
        sparse.add(rows.get(name)!, numbers, scale);
        continue;
      }
      const sum = this.#dense.get(name)!;
      if (this.#empty) { for (let i = 0; i < sum.length; i++) sum[i] = scale * numbers[i]; }
      else for (let i = 0; i < sum.length; i++) sum[i] += scale * numbers[i];
    }
    this.#empty = false;
  }

  /** The sums, in the order of the parameters; valid until the next {@link clear} or {@link add}. */
  gradients(): Gradient[] {
    return this.#parameters.map((parameter) => {
      const sparse = this.#sparse.get(parameter.name);
      if (sparse) return { parameter, ...sparse.sorted() };
      return { parameter, data: this.#dense.get(parameter.name)! };
    });
  }
}

/** Rows that grow as they are met. */
class SparseSum {
  readonly #width: number;
  readonly #slots = new Map<number, number>();
  #data = new Float32Array(0);

  constructor(width: number) {
    this.#width = width;
  }

  clear(): void {
    this.#slots.clear();
  }

  add(rows: Int32Array, values: Float32Array, scale: number): void {
    const width = this.#width;
    for (let i = 0; i < rows.length; i++) {
      let slot = this.#slots.get(rows[i]);
      if (slot === undefined) {
        slot = this.#slots.size;
        this.#slots.set(rows[i], slot);
        if ((slot + 1) * width > this.#data.length) {
          const larger = new Float32Array(Math.max(2 * this.#data.length, (slot + rows.length - i) * width));
          larger.set(this.#data);
          this.#data = larger;
        }
        this.#data.fill(0, slot * width, (slot + 1) * width);
      }
      const to = slot * width;
      const from = i * width;
      for (let j = 0; j < width; j++) this.#data[to + j] += scale * values[from + j];
    }
  }

  sorted(): { rows: Int32Array; data: Float32Array } {
    const width = this.#width;
    const rows = Int32Array.from(this.#slots.keys()).sort();
    const data = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      const slot = this.#slots.get(row)!;
      data.set(this.#data.subarray(slot * width, (slot + 1) * width), i * width);
    });
    return { rows, data };
  }
}

/** The Euclidean norm of all gradients together, summed in 64-bit floats. */
export function globalNorm(gradients: readonly Gradient[]): number {
  let sum = 0;
  for (const { data } of gradients) {
    // Four sums let the processor overlap the additions; their order is fixed, so the result is too.
    let a = 0, b = 0, c = 0, d = 0;
    const end = data.length & ~3;
    for (let i = 0; i < end; i += 4) {
      a += data[i] * data[i];
      b += data[i + 1] * data[i + 1];
      c += data[i + 2] * data[i + 2];
      d += data[i + 3] * data[i + 3];
    }
    for (let i = end; i < data.length; i++) a += data[i] * data[i];
    sum += a + b + c + d;
  }
  return Math.sqrt(sum);
}

/** The factor that brings a gradient of this norm down to `limit`: 1 if it is below. A limit of 0 never clips. */
export function clipFactor(norm: number, limit: number): number {
  return limit > 0 && norm > limit ? limit / norm : 1;
}
