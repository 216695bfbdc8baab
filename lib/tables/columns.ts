import { Buffer, isAscii } from "node:buffer";
import type * as arrow from "apache-arrow";
import type { Kind } from "./schema.ts";

/**
 * A readable column. `at` decodes one cell; text remains in Arrow's buffers.
 *
 * @category Tables
 */
export interface ColumnView<T> {
  /** Number of rows. */
  readonly length: number;
  /** The cell of a row; the first row is 0. */
  at(index: number): T;
  /** The cells in order. */
  [Symbol.iterator](): Iterator<T>;
}

/**
 * A column of text that can be read without creating strings.
 *
 * @category Tables
 */
export interface TextView extends ColumnView<string | null> {
  /** The UTF-8 bytes of a cell, as a view into Arrow's buffer; null for a null cell. */
  bytes(index: number): Uint8Array | null;
}

/** A view of a column across the chunks of its vector. */
export function columnView(vector: arrow.Vector, kind: Kind): ColumnView<unknown> {
  switch (kind) {
    case "utf8":
    case "json":
      return textView(vector);
    case "label":
      return new ChunkedView(vector, (chunk) => {
        const words = wordsOf(chunk);
        return (i) => words[chunk.values[i]];
      });
    case "int32":
    case "float32":
    case "float64":
      return new ChunkedView(vector, (chunk) => (i) => chunk.values[i]);
    case "bool":
      return new ChunkedView(vector, (chunk) => (i) => {
        const bit = chunk.offset + i;
        return (chunk.values[bit >> 3] >> (bit & 7) & 1) === 1;
      });
    case "vector":
      return new ChunkedView(vector, (chunk) => {
        const width = (chunk.type as arrow.FixedSizeList).listSize;
        const values = chunk.children[0].values as Float32Array;
        return (i) => values.subarray(i * width, (i + 1) * width);
      });
    default:
      return kind satisfies never;
  }
}

/** A view of a column of text. */
export function textView(vector: arrow.Vector): TextView {
  return new Utf8View(vector);
}

/** The words of a dictionary-encoded chunk, by code. */
export function wordsOf(chunk: arrow.Data): string[] {
  return chunk.dictionary ? [...textView(chunk.dictionary)] as string[] : [];
}

/** Reads cells across chunks; nearly always there is only one. */
class ChunkedView {
  readonly length: number;
  readonly #starts: number[] = [];
  readonly #chunks: arrow.Data[];
  readonly #read: ((i: number) => unknown)[];

  constructor(vector: arrow.Vector, reader: (chunk: arrow.Data) => (i: number) => unknown) {
    this.length = vector.length;
    this.#chunks = vector.data.filter((chunk) => chunk.length > 0);
    let start = 0;
    for (const chunk of this.#chunks) {
      this.#starts.push(start);
      start += chunk.length;
    }
    this.#read = this.#chunks.map((chunk) => {
      const read = reader(chunk);
      return chunk.nullCount > 0 ? (i) => chunk.getValid(i) ? read(i) : null : read;
    });
  }

  at(index: number): unknown {
    if (!(index >= 0 && index < this.length)) return undefined;
    const chunk = chunkOf(this.#starts, index);
    return this.#read[chunk](index - this.#starts[chunk]);
  }

  *[Symbol.iterator](): Generator<unknown> {
    for (let c = 0; c < this.#chunks.length; c++) {
      const { length } = this.#chunks[c];
      for (let i = 0; i < length; i++) yield this.#read[c](i);
    }
  }
}

interface TextChunk {
  length: number;
  offsets: Int32Array;
  buffer: Slicing;
  values: Uint8Array;
  /** Whether every byte is below 128, so that bytes are characters. */
  ascii: boolean;
  valid?: (i: number) => boolean;
}

/** Node's decoders for a part of a buffer, missing from its types; several times faster than TextDecoder on short text. */
interface Slicing {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

/** Bytes from which TextDecoder is faster. */
const LONG = 200;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

class Utf8View implements TextView {
  readonly length: number;
  readonly #starts: number[] = [];
  readonly #chunks: TextChunk[] = [];

  constructor(vector: arrow.Vector) {
    this.length = vector.length;
    let start = 0;
    for (const data of vector.data) {
      if (data.length === 0) continue;
      this.#starts.push(start);
      start += data.length;
      const values = data.values as Uint8Array;
      const offsets = data.valueOffsets as Int32Array;
      this.#chunks.push({
        length: data.length,
        offsets,
        values,
        buffer: Buffer.from(values.buffer, values.byteOffset, values.byteLength) as unknown as Slicing,
        ascii: isAscii(values.subarray(offsets[0], offsets[data.length])),
        valid: data.nullCount > 0 ? (i) => data.getValid(i) : undefined,
      });
    }
  }

  at(index: number): string | null {
    if (!(index >= 0 && index < this.length)) return undefined as never;
    const c = chunkOf(this.#starts, index);
    return decode(this.#chunks[c], index - this.#starts[c]);
  }

  bytes(index: number): Uint8Array | null {
    const c = chunkOf(this.#starts, index);
    const { offsets, values, valid } = this.#chunks[c];
    const i = index - this.#starts[c];
    return valid && !valid(i) ? null : values.subarray(offsets[i], offsets[i + 1]);
  }

  *[Symbol.iterator](): Generator<string | null> {
    for (const chunk of this.#chunks) {
      for (let i = 0; i < chunk.length; i++) yield decode(chunk, i);
    }
  }
}

function decode({ offsets, buffer, values, ascii, valid }: TextChunk, i: number): string | null {
  if (valid && !valid(i)) return null;
  const start = offsets[i];
  const end = offsets[i + 1];
  if (start === end) return "";
  if (ascii) return buffer.latin1Slice(start, end);
  return end - start < LONG ? buffer.utf8Slice(start, end) : decoder.decode(values.subarray(start, end));
}

function chunkOf(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
