import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";

/**
 * How a vector is stored: 4, 2 or 1 bytes a dimension.
 *
 * @category Retrieval
 */
export type VectorPrecision = "float32" | "float16" | "int8";

/** Writes rows to bytes and reads them back. */
export interface VectorCodec {
  /** Bytes of a row. */
  bytes(dimension: number): number;
  /** Rows as bytes. */
  pack(data: Float32Array, dimension: number): Uint8Array;
  /** Rows as numbers. */
  unpack(bytes: Uint8Array, dimension: number): Float32Array;
}

const float32: VectorCodec = {
  bytes: (dimension) => 4 * dimension,
  pack: ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength) as Uint8Array,
  unpack: ({ buffer, byteOffset, byteLength }) => new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)),
};

const float16: VectorCodec = {
  bytes: (dimension) => 2 * dimension,
  pack: (data) => new Uint8Array(new Float16Array(data).buffer),
  unpack: ({ buffer, byteOffset, byteLength }) =>
    new Float32Array(new Float16Array(buffer.slice(byteOffset, byteOffset + byteLength))),
};

/** A row's greatest number is 127; its scale stands before it. */
const int8: VectorCodec = {
  bytes: (dimension) => 4 + dimension,
  pack(data, dimension) {
    const rows = data.length / dimension;
    const width = 4 + dimension;
    const bytes = new Uint8Array(rows * width);
    const view = new DataView(bytes.buffer);
    const levels = new Int8Array(bytes.buffer);
    for (let row = 0; row < rows; row++) {
      let most = 0;
      for (let i = row * dimension; i < (row + 1) * dimension; i++) most = Math.max(most, Math.abs(data[i]));
      view.setFloat32(row * width, most / 127, true);
      const factor = most === 0 ? 0 : 127 / most;
      for (let i = 0; i < dimension; i++) levels[row * width + 4 + i] = Math.round(data[row * dimension + i] * factor);
    }
    return bytes;
  },
  unpack(bytes, dimension) {
    const width = 4 + dimension;
    const rows = bytes.length / width;
    const data = new Float32Array(rows * dimension);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const levels = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let row = 0, from = 4, to = 0; row < rows; row++, from += 4) {
      const scale = view.getFloat32(row * width, true);
      for (let i = 0; i < dimension; i++) data[to++] = scale * levels[from++];
    }
    return data;
  },
};

const CODECS = { float32, float16, int8 } satisfies Record<VectorPrecision, VectorCodec>;

/** The codec of a precision. @throws {ArgumentError} for an unknown one. */
export function codecOf(precision: string): VectorCodec {
  if (Object.hasOwn(CODECS, precision)) return CODECS[precision as VectorPrecision];
  throw new ArgumentError(`Unknown precision "${precision}": ${suggestion(precision, Object.keys(CODECS))}`, {
    field: "precision",
  });
}
