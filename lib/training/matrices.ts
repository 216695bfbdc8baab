/** Scores of other models for a batch, `[queries, candidates]`. */
export interface Matrices {
  teacher?: Float32Array;
  guide?: Float32Array;
}
