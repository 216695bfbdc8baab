/** Element types that the graph language knows. */
export type DType = "float32" | "float16" | "int32" | "int64" | "bool";

/** A dimension: a number, or a name that stands for the same unknown number wherever it occurs in one graph. */
export type Dim = number | string;

/** Numbers with their shape: what is fed to a session and what comes out. */
export interface Value {
  readonly data: Float32Array | Int32Array | BigInt64Array | Uint8Array;
  readonly shape: readonly number[];
}

/** Inputs of one run by name. */
export type Feeds = Record<string, Value>;
