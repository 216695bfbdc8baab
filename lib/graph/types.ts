/**
 * Element types of the graph language.
 *
 * @category Graph
 */
export type DType = "float32" | "float16" | "int32" | "int64" | "bool";

/**
 * A dimension: a size, or a name. A name stands for the same size wherever it occurs in a graph.
 *
 * @category Graph
 */
export type Dim = number | string;

/**
 * Typed arrays that hold a tensor's numbers; bool uses a Uint8Array.
 *
 * @category Graph
 */
export type Numbers = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** The array type of each element type; float16 has none. */
export const ARRAYS = {
  float32: Float32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: undefined,
} satisfies Record<DType, unknown>;

/** ONNX's codes for the element types. */
export const ELEMENT_TYPE: Record<DType, number> = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10 };

/**
 * Numbers with their shape: the inputs and outputs of a session.
 *
 * @category Graph
 */
export interface Value {
  /** The numbers, row by row. */
  readonly data: Numbers;
  /** Their shape; `[]` is a single number. */
  readonly shape: readonly number[];
}

/**
 * Inputs of one run, by name.
 *
 * @category Graph
 */
export type Feeds = Record<string, Value>;

/**
 * An attribute of an ONNX node.
 *
 * @category Graph
 */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly string: string };

/**
 * Attributes of an ONNX node, by name.
 *
 * @category Graph
 */
export type Attributes = Record<string, Attribute>;
