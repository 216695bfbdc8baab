import type { Vectors } from "../../encoders/types.ts";

/** A row of a matrix of vectors. */
export type VectorRow = readonly [vectors: Vectors, row: number];

/** Inner product of two rows, in 64-bit floats. */
export function rowProduct([a, i]: VectorRow, [b, j]: VectorRow): number {
  const width = a.dimension;
  let sum = 0;
  for (let k = 0; k < width; k++) sum += a.data[i * width + k] * b.data[j * width + k];
  return sum;
}
