import * as arrow from "apache-arrow";
import { KitError } from "../core/errors.ts";
import type { Column } from "./types.ts";

/** The buffers of a finished chunk of a column. */
export interface Parts {
  /** Length of its vectors. */
  width: number;
  /** The chunk as Arrow data. */
  data(type: arrow.DataType, length: number, dictionary?: arrow.Vector): arrow.Data;
}

type Numbers = Int32Array | Float32Array | Float64Array | Uint8Array;

const encoder = new TextEncoder();
/** Characters up to which text is copied without the encoder. */
const SHORT = 32;
/** Elements from which a buffer grows in large steps: unused memory costs nothing, copying does. */
const LARGE = 1 << 20;

/** The column that a {@link ColumnBuilder} builds, with the names for its errors. */
export interface BuiltColumn {
  /** Name of the table. */
  readonly table: string;
  /** Name of the column. */
  readonly name: string;
  /** Kind and labels. */
  readonly column: Column;
}

/** What the chunks of a column share. */
export interface SharedParts {
  /** Words of a label with their codes, over all chunks. */
  readonly dictionary?: Map<string, number>;
  /** Length of vectors, if known. */
  readonly width?: number;
}

/** Builds one chunk of one column, cell by cell. */
export class ColumnBuilder {
  /** Bytes of text or vectors so far. */
  bytes = 0;
  #length = 0;
  #nulls = 0;
  #width = 0;
  #valid = new Uint8Array(64);
  #values: Numbers;
  #offsets = new Int32Array(65);
  readonly #table: string;
  readonly #name: string;
  readonly #column: Column;
  readonly #dictionary?: Map<string, number>;

  /** An empty chunk. */
  constructor({ table, name, column }: BuiltColumn, { dictionary, width = 0 }: SharedParts) {
    this.#table = table;
    this.#name = name;
    this.#column = column;
    this.#dictionary = dictionary;
    this.#width = width;
    const { kind } = column;
    this.#values = kind === "int32" || kind === "label"
      ? new Int32Array(64)
      : kind === "float32" || kind === "vector"
      ? new Float32Array(64)
      : kind === "float64"
      ? new Float64Array(64)
      : new Uint8Array(64);
  }

  /** Length of the vectors. */
  get width(): number {
    return this.#width;
  }

  /**
   * Appends a cell; text may be given as UTF-8 bytes.
   *
   * @throws {KitError} if the value does not fit the column.
   */
  append(value: unknown): void {
    const at = this.#length++;
    if (at >> 3 >= this.#valid.length) this.#valid = grown(this.#valid, (at >> 3) + 1) as Uint8Array<ArrayBuffer>;
    const text = this.#column.kind === "utf8" || this.#column.kind === "json";
    if (text && at + 2 > this.#offsets.length) this.#offsets = grown(this.#offsets, at + 2) as Int32Array<ArrayBuffer>;
    if (value === null || value === undefined) {
      if (!this.#column.nullable) this.#refuse(value, at);
      this.#nulls++;
      if (text) this.#offsets[at + 1] = this.bytes;
      else if (this.#column.kind === "bool") this.#reserve((at >> 3) + 1);
      else this.#reserve((at + 1) * (this.#column.kind === "vector" ? this.#width : 1));
      return;
    }
    this.#valid[at >> 3] |= 1 << (at & 7);
    switch (this.#column.kind) {
      case "utf8":
      case "json":
        return this.#appendText(value, at);
      case "label":
        return this.#appendLabel(value, at);
      case "int32":
        if (!Number.isInteger(value) || (value as number) !== ((value as number) | 0)) this.#refuse(value, at);
        this.#reserve(at + 1);
        this.#values[at] = value as number;
        return;
      case "float32":
      case "float64":
        if (typeof value !== "number") this.#refuse(value, at);
        this.#reserve(at + 1);
        this.#values[at] = value;
        return;
      case "bool":
        if (typeof value !== "boolean") this.#refuse(value, at);
        this.#reserve((at >> 3) + 1);
        if (value) this.#values[at >> 3] |= 1 << (at & 7);
        return;
      case "vector":
        return this.#appendVector(value, at);
      default:
        return this.#column.kind satisfies never;
    }
  }

  #appendText(value: unknown, at: number): void {
    if (value instanceof Uint8Array) {
      this.#reserve(this.bytes + value.length);
      (this.#values as Uint8Array).set(value, this.bytes);
      this.bytes += value.length;
    } else {
      if (typeof value !== "string" || !value.isWellFormed()) this.#refuse(value, at);
      this.#reserve(this.bytes + value.length * 3);
      if (value.length >= SHORT || !this.#appendShort(value)) {
        this.bytes += encoder.encodeInto(value, (this.#values as Uint8Array).subarray(this.bytes)).written;
      }
    }
    this.#offsets[at + 1] = this.bytes;
  }

  #appendLabel(value: unknown, at: number): void {
    if (typeof value !== "string") this.#refuse(value, at);
    let code = this.#dictionary!.get(value);
    if (code === undefined) {
      const { labels } = this.#column;
      if ((labels && !labels.includes(value)) || !value.isWellFormed()) this.#refuse(value, at);
      this.#dictionary!.set(value, code = this.#dictionary!.size);
    }
    this.#reserve(at + 1);
    this.#values[at] = code;
  }

  #appendVector(value: unknown, at: number): void {
    if (!(value instanceof Float32Array)) this.#refuse(value, at);
    if (this.#width === 0) this.#width = value.length;
    if (value.length !== this.#width || value.length === 0) this.#refuse(value, at);
    this.#reserve((at + 1) * this.#width);
    (this.#values as Float32Array).set(value, at * this.#width);
    this.bytes = (at + 1) * this.#width * 4;
  }

  /** Writes short ASCII text, faster than the encoder; false for any other text. */
  #appendShort(text: string): boolean {
    const values = this.#values;
    const start = this.bytes;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return false;
      values[start + i] = code;
    }
    this.bytes = start + text.length;
    return true;
  }

  /** Removes all cells after the first `length`. */
  truncate(length: number): void {
    for (let at = length; at < this.#length; at++) {
      const bit = 1 << (at & 7);
      this.#valid[at >> 3] &= ~bit;
      if (this.#column.kind === "bool" && at >> 3 < this.#values.length) this.#values[at >> 3] &= ~bit;
    }
    this.#length = length;
    this.#nulls = 0;
    for (let at = 0; at < length; at++) if ((this.#valid[at >> 3] & (1 << (at & 7))) === 0) this.#nulls++;
    if (this.#column.kind === "vector") this.bytes = length * this.#width * 4;
    else if (this.#column.kind === "utf8" || this.#column.kind === "json") this.bytes = this.#offsets[length];
  }

  #reserve(length: number): void {
    if (length > this.#values.length) this.#values = grown(this.#values, length);
  }

  #refuse(value: unknown, at: number): never {
    const found = value === undefined
      ? "nothing"
      : value instanceof Float32Array
      ? `${value.length} numbers`
      : typeof value === "string" && !value.isWellFormed()
      ? "half a surrogate pair"
      : JSON.stringify(value)?.slice(0, 60);
    const { kind, labels } = this.#column;
    const wanted = labels ? `one of ${labels.join(", ")}` : kind === "vector" ? `${this.#width} float32 numbers` : kind;
    throw new KitError(`Cannot append row ${at} to ${this.#table}: ${this.#name} must be ${wanted}, found ${found}`, {
      field: this.#name,
    });
  }

  /** The buffers of the chunk. */
  finish(): Parts {
    const nullCount = this.#nulls;
    const nullBitmap = nullCount > 0 ? this.#valid : undefined;
    const values = this.#values;
    const { kind } = this.#column;
    return {
      width: this.#width,
      data: (type, length, dictionary) => {
        const common = { type, length, nullCount, nullBitmap };
        // deno-lint-ignore no-explicit-any -- makeData's overloads do not take a union of types
        const make = (props: Record<string, unknown>) => arrow.makeData({ ...common, ...props } as any) as arrow.Data;
        if (kind === "utf8" || kind === "json") {
          return make({ valueOffsets: this.#offsets.subarray(0, length + 1), data: values.subarray(0, this.bytes) });
        }
        if (kind === "label") return make({ data: values.subarray(0, length), dictionary });
        if (kind === "vector") {
          const width = (type as arrow.FixedSizeList).listSize;
          const data = values.subarray(0, length * width) as Float32Array;
          return make({
            child: arrow.makeData({ type: new arrow.Float32(), length: length * width, nullCount: 0, data }),
          });
        }
        return make({ data: kind === "bool" ? values.subarray(0, (length + 7) >> 3) : values.subarray(0, length) });
      },
    };
  }
}

function grown<T extends Numbers>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(
    Math.max(length, array.length * (array.length < LARGE ? 2 : 8)),
  );
  larger.set(array as never);
  return larger;
}
