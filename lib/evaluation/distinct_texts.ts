import { normalizeRows } from "../core/normalize_rows.ts";
import type { Progress } from "../core/progress.ts";
import type { Encoder, TextKind, Vectors } from "../encoders/types.ts";

/** Distinct texts and their vectors, of length 1 unless the encoder compares by dot. */
export class DistinctTexts {
  readonly #encoder: Encoder;
  readonly #kind: TextKind;
  readonly #rows = new Map<string, number>();
  #vectors?: Vectors;

  constructor(encoder: Encoder, kind: TextKind) {
    this.#encoder = encoder;
    this.#kind = kind;
  }

  /** The row of a text, which is new if the text is. */
  add(text: string): number {
    const row = this.#rows.get(text) ?? this.#rows.size;
    if (row === this.#rows.size) this.#rows.set(text, row);
    return row;
  }

  /** Encodes all texts. */
  async encode(progress?: Progress, signal?: AbortSignal): Promise<void> {
    const encoded = await this.#encoder.encode(this.#rows.keys(), { kind: this.#kind, progress, signal });
    this.#vectors = { ...encoded, data: encoded.data.slice() };
    if (this.#encoder.similarity !== "dot") normalizeRows(this.#vectors.data, encoded.dimension);
  }

  /** The vector of a row, once encoded. */
  vector(row: number): Float32Array {
    const { data, dimension } = this.#vectors!;
    return data.subarray(row * dimension, (row + 1) * dimension);
  }
}
