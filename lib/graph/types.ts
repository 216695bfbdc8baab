/**
 * Element types that the graph language knows.
 *
 * @category Graph
 */
export type DType = "float32" | "float16" | "int32" | "int64" | "bool";

/**
 * A dimension: a number, or a name that stands for the same unknown number wherever it occurs in one graph.
 *
 * @category Graph
 */
export type Dim = number | string;

/**
 * Typed arrays that hold a tensor's numbers; bool stands in a Uint8Array.
 *
 * @category Graph
 */
export type Numbers = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** The array that holds numbers of each type; float16 has none. */
export const ARRAYS = {
  float32: Float32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: undefined,
} satisfies Record<DType, unknown>;

/** Numbers with their shape: what is fed to a session and what comes out. */
export interface Value {
  readonly data: Numbers;
  readonly shape: readonly number[];
}

/**
 * Inputs of one run by name.
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

/** Attributes of an ONNX node by name. */
export type Attributes = Record<string, Attribute>;
