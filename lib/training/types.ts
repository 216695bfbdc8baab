import type { Tensor } from "../graph/tensor.ts";

/**
 * Relations of a batch's queries to its candidates, `[queries, candidates]` row after row: above 0 a positive of that
 * grade, -1 a negative, 0 ignored. Ragged negatives, several positives, graded levels and masks are all this matrix.
 */
export interface Relations {
  readonly data: Float32Array;
  readonly queries: number;
  readonly candidates: number;
}

/** What a loss sees: all are tensors of the graph. */
export interface LossInputs {
  /** Cosine similarities `[queries, candidates]`. */
  readonly scores: Tensor;
  /** Relations `[queries, candidates]`, float32. */
  readonly relations: Tensor;
  /** A teacher's scores `[queries, candidates]`, for losses that need them. */
  readonly teacher?: Tensor;
}

/** A loss: a mean over queries, `[]`. Sees scores and relations, never models. */
export interface Loss {
  readonly name: string;
  /** Whether it reads {@link LossInputs.teacher}. */
  readonly needsTeacher: boolean;
  build(inputs: LossInputs): Tensor;
}
/** One event of training. */
export type TrainEvent =
  | StepEvent
  | { type: "evaluation"; step: number; epoch: number; values: Record<string, number>; best: boolean }
  | { type: "refresh"; step: number; epoch: number; rows: number }
  | { type: "checkpoint"; step: number; epoch: number; path: string }
  | { type: "done"; step: number; epoch: number; reason: "finished" | "early-stop" | "cancelled"; wall_ms: number };

/** One optimizer step. */
export interface StepEvent {
  type: "step";
  step: number;
  steps: number;
  epoch: number;
  loss: number;
  /** Mean loss share by the source of the negatives. */
  loss_by_source: Record<string, number>;
  learning_rate: number;
  gradient_norm: number;
  positive_similarity: number;
  negative_similarity: number;
  tokens_per_second: number;
  seconds_left: number;
  wall_ms: number;
}
