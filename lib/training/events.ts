import type { Table } from "../tables/table.ts";
import type { EVENTS } from "../tables/schema.ts";

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
  readonly lossBySource: Readonly<Record<string, number>>;
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Mean cosine of queries and positives. */
  readonly positiveSimilarity: number;
  /** Mean cosine of queries and negatives, in-batch ones included. */
  readonly negativeSimilarity: number;
  /** Tokens that were encoded, special ones included, padding not. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
  readonly wallMs: number;
}

/** A measurement; step 0 is before training. */
export interface EvaluationEvent {
  readonly type: "evaluation";
  readonly step: number;
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
  /** Whether it is the best so far. */
  readonly best: boolean;
  readonly wallMs: number;
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
  readonly wallMs: number;
}

/** The negatives were mined anew. */
export interface RefreshEvent {
  readonly type: "refresh";
  readonly step: number;
  readonly epoch: number;
  /** Rows of the new table. */
  readonly rows: number;
  readonly wallMs: number;
}

/** A checkpoint stands on the disk. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  readonly epoch: number;
  readonly path: string;
  readonly wallMs: number;
}

/** Training goes on from a checkpoint. */
export interface ResumeEvent {
  readonly type: "resume";
  readonly step: number;
  readonly epoch: number;
  readonly path: string;
  /** Everything that had happened up to it. */
  readonly events: Table<typeof EVENTS>;
  readonly wallMs: number;
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
  readonly wallMs: number;
}

/** The end; the encoder holds the final weights, or the best ones where a measure decided. */
export interface DoneEvent {
  readonly type: "done";
  readonly step: number;
  readonly epoch: number;
  readonly reason: "finished" | "early-stop";
  /** Everything that happened, from the first step on, earlier runs included. */
  readonly events: Table<typeof EVENTS>;
  readonly wallMs: number;
}
