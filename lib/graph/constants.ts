import { ArgumentError } from "../core/errors.ts";
import type { DType, Numbers } from "./types.ts";

/**
 * Values that a constant can be made from.
 *
 * @category Graph
 */
export type ConstantValue = number | boolean | readonly number[] | Numbers;

/** The element type of a constant without an explicit one. */
export function naturalType(value: ConstantValue): DType {
  if (typeof value === "boolean" || value instanceof Uint8Array) return "bool";
  if (value instanceof Int32Array) return "int32";
  if (value instanceof BigInt64Array) return "int64";
  return "float32";
}

/**
 * A copy of the numbers in the array type of an element type.
 *
 * @throws {ArgumentError} if a number does not fit the type
 */
export function constantData(value: ConstantValue, dtype: DType): Numbers {
  const values = typeof value === "number" || typeof value === "boolean" ? [Number(value)] : value;
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
      throw new ArgumentError("Cannot make a float16 constant: cast a float32 constant");
    default:
      throw new ArgumentError(`Unknown type of a constant: ${dtype satisfies never}`);
  }
}

/** A key that equal constants share, or undefined for constants too long to compare. */
export function constantKey(data: Numbers, { dtype, shape }: { dtype: DType; shape: readonly number[] }) {
  if (data.length > 16) return undefined;
  return `constant ${dtype} [${shape}] ${new Uint8Array(data.buffer, data.byteOffset, data.byteLength).toHex()}`;
}

function whole(values: readonly number[], dtype: DType, fits: (value: number) => boolean): readonly number[] {
  const odd = values.find((value) => !fits(value));
  if (odd !== undefined) {
    throw new ArgumentError(`An ${dtype} constant must be made of integers in its range, found ${odd}`);
  }
  return values;
}
