import type { Table } from "../tables/table.ts";
import type { EVENTS } from "../tables/schema.ts";
import type { Tensor } from "../graph/tensor.ts";

/** Relation of a query to one of its own negatives. */
export const OWN_NEGATIVE = -1;
/** Relation of a query to a document that stands in the batch for another query's sake. */
export const IN_BATCH_NEGATIVE = -2;

/**
 * Relations of a batch's queries to its candidates, `[queries, candidates]` row after row: above 0 a positive of that
 * grade, {@link OWN_NEGATIVE} or {@link IN_BATCH_NEGATIVE}, 0 ignored. Ragged negatives, several positives, graded
 * levels and masks are all this matrix.
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
  /**
   * Columns of every query's positives `[queries, positives]`, int32. Rows are as long as the longest; a shorter one
   * ends in columns of 0, which {@link grades} tells apart.
   */
  readonly columns: Tensor;
  /** Grades of those positives `[queries, positives]`, float32, 0 where a row is shorter. */
  readonly grades: Tensor;
  /** A teacher's scores `[queries, candidates]`, for losses that need them. */
  readonly teacher?: Tensor;
  /** A guide encoder's cosine similarities `[queries, candidates]`, for losses that need them. */
  readonly guide?: Tensor;
  /** Cosine similarities of the first `dimension` numbers of the embeddings, normalised again. */
  truncated?(dimension: number): Tensor;
}

/** What a loss wants besides scores and relations. */
export interface LossNeeds {
  readonly teacher?: boolean;
  readonly guide?: boolean;
  /** Graded levels of written passages, the relabeled ones included. */
  readonly levels?: boolean;
}

/** A loss: a mean over queries, `[]`. Sees scores and relations, never models. */
export interface Loss {
  /** With its settings: `infoNCE(temperature=0.02)`. */
  readonly name: string;
  readonly needs: LossNeeds;
  build(inputs: LossInputs): Tensor;
}

/** One event of training. */
export type TrainEvent =
  | StepEvent
  | EvaluationEvent
  | DrawEvent
  | RefreshEvent
  | CheckpointEvent
  | ResumeEvent
  | StoppedEvent
  | DoneEvent;

/** One optimizer step. */
export interface StepEvent {
  readonly type: "step";
  /** From 1. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Epochs done. */
  readonly epoch: number;
  readonly loss: number;
  /** The loss shared out by source of the negatives, in proportion to the gradients of their scores; adds up to it. */
  readonly loss_by_source: Readonly<Record<string, number>>;
  readonly learning_rate: number;
  /** Before clipping. */
  readonly gradient_norm: number;
  /** Mean cosine of queries and positives. */
  readonly positive_similarity: number;
  /** Mean cosine of queries and negatives, in-batch ones included. */
  readonly negative_similarity: number;
  /** Tokens that were encoded, special ones included, padding not. */
  readonly tokens: number;
  readonly tokens_per_second: number;
  readonly seconds_left: number;
  readonly wall_ms: number;
}

/** A measurement; step 0 is before training. */
export interface EvaluationEvent {
  readonly type: "evaluation";
  readonly step: number;
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
  /** Whether it is the best so far. */
  readonly best: boolean;
  readonly wall_ms: number;
}

/** Negatives were drawn for an epoch, or for the rest of it after a refresh. */
export interface DrawEvent {
  readonly type: "draw";
  readonly step: number;
  readonly epoch: number;
  readonly queries: number;
  readonly negatives: number;
  /** Queries and sources that got fewer than the sampler was asked for. */
  readonly shortfalls: number;
  readonly wall_ms: number;
}

/** The negatives were mined anew. */
export interface RefreshEvent {
  readonly type: "refresh";
  readonly step: number;
  readonly epoch: number;
  /** Rows of the new table. */
  readonly rows: number;
  readonly wall_ms: number;
}

/** A checkpoint stands on the disk. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  readonly epoch: number;
  readonly path: string;
  readonly wall_ms: number;
}

/** Training goes on from a checkpoint. */
export interface ResumeEvent {
  readonly type: "resume";
  readonly step: number;
  readonly epoch: number;
  readonly path: string;
  /** Everything that had happened up to it. */
  readonly events: Table<typeof EVENTS>;
  readonly wall_ms: number;
}

/**
 * Training was stopped by its signal or the stop button. The encoder is half-trained; a `CancelledError` follows, so that
 * nothing after it takes it for a trained one.
 */
export interface StoppedEvent {
  readonly type: "stopped";
  /** Steps taken. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  readonly epoch: number;
  readonly wall_ms: number;
}

/** The end; the encoder holds the final weights, or the best ones where a measure decided. */
export interface DoneEvent {
  readonly type: "done";
  readonly step: number;
  readonly epoch: number;
  readonly reason: "finished" | "early-stop";
  /** Everything that happened, from the first step on, earlier runs included. */
  readonly events: Table<typeof EVENTS>;
  readonly wall_ms: number;
}
