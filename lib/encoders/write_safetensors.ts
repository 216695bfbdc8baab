import { KitError } from "../core/errors.ts";
import { writeAtomic, type WriteOptions } from "../core/files.ts";
import type { WeightTensor } from "./safetensors.ts";

/**
 * A tensor to write: float32, or int8 with row scales in a tensor `<name>.scale`.
 *
 * @category Encoders
 */
export interface NewTensor {
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its values, row by row. */
  readonly data: Float32Array | Int8Array;
}

/**
 * Writes a safetensors file atomically, with tensors in the order of their names.
 *
 * @throws {KitError} if the file exists, or a tensor contains a NaN or an infinity
 * @category Encoders
 */
export async function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, NewTensor>,
  options: WriteOptions & { metadata?: Record<string, string> } = {},
): Promise<void> {
  const names = [...tensors.keys()].sort((a, b) => align(tensors.get(b)!) - align(tensors.get(a)!) || (a < b ? -1 : 1));
  const header: Record<string, unknown> = { __metadata__: { format: "pt", ...options.metadata } };
  let offset = 0;
  for (const name of names) {
    const { data, shape } = tensors.get(name)!;
    const odd = data.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) {
      throw new KitError(`Cannot write tensor "${name}": it must be finite, found ${data[odd]} at element ${odd}`, {
        file,
      });
    }
    const dtype = data instanceof Int8Array ? "I8" : "F32";
    header[name] = { dtype, shape, data_offsets: [offset, offset += data.byteLength] };
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json);
  const padded = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(text, 8);
  const blocks = function* () {
    yield padded;
    for (const name of names) {
      const { data } = tensors.get(name)!;
      yield new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    }
  };
  await writeAtomic(file, ReadableStream.from(blocks()), options);
}

function align({ data }: NewTensor): number {
  return data.BYTES_PER_ELEMENT;
}

/**
 * Rounds each row of a matrix to int8, scaled so that the largest magnitude becomes 127.
 *
 * @category Encoders
 */
export function quantizeRows(tensor: WeightTensor): { data: Int8Array; scale: Float32Array } {
  const rows = tensor.shape[0];
  const width = tensor.data.length / rows;
  const data = new Int8Array(tensor.data.length);
  const scale = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let largest = 0;
    for (let i = row * width; i < (row + 1) * width; i++) largest = Math.max(largest, Math.abs(tensor.data[i]));
    scale[row] = largest / 127;
    if (scale[row] === 0) continue;
    for (let i = row * width; i < (row + 1) * width; i++) data[i] = Math.round(tensor.data[i] / scale[row]);
  }
  return { data, scale };
}

/** The matrices of a checkpoint as int8, with their scales; vectors are unchanged. */
export function quantized(tensors: ReadonlyMap<string, NewTensor>): Map<string, NewTensor> {
  const result = new Map<string, NewTensor>();
  for (const [name, tensor] of tensors) {
    if (tensor.shape.length !== 2 || tensor.data instanceof Int8Array) {
      result.set(name, tensor);
      continue;
    }
    const { data, scale } = quantizeRows(tensor as WeightTensor);
    result.set(name, { shape: tensor.shape, data });
    result.set(`${name}.scale`, { shape: [scale.length], data: scale });
  }
  return result;
}
