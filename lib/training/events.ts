import type { Table } from "../tables/table.ts";
import type { EVENTS } from "../tables/schema.ts";

/**
 * One event of training.
 *
 * @category Training
 */
export type TrainEvent =
  | StepEvent
  | EvaluationEvent
  | DrawEvent
  | RefreshEvent
  | CheckpointEvent
  | ResumeEvent
  | StoppedEvent
  | DoneEvent;

/**
 * One optimizer step.
 *
 * @category Training
 */
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
  /** Tokens encoded, with special tokens, without padding. */
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
  readonly wallMs: number;
}

/**
 * A measurement; step 0 is before training.
 *
 * @category Training
 */
export interface EvaluationEvent {
  readonly type: "evaluation";
  readonly step: number;
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
  /** Whether it is the best so far. */
  readonly best: boolean;
  readonly wallMs: number;
}

/**
 * Negatives were drawn for an epoch, or for the rest of it after a refresh.
 *
 * @category Training
 */
export interface DrawEvent {
  readonly type: "draw";
  readonly step: number;
  readonly epoch: number;
  readonly queries: number;
  readonly negatives: number;
  /** Queries and sources that got fewer negatives than the sampler asks for. */
  readonly shortfalls: number;
  readonly wallMs: number;
}

/**
 * New negatives were mined.
 *
 * @category Training
 */
export interface RefreshEvent {
  readonly type: "refresh";
  readonly step: number;
  readonly epoch: number;
  /** Rows of the new table. */
  readonly rows: number;
  readonly wallMs: number;
}

/**
 * A checkpoint was written.
 *
 * @category Training
 */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  readonly epoch: number;
  readonly path: string;
  readonly wallMs: number;
}

/**
 * Training resumes from a checkpoint.
 *
 * @category Training
 */
export interface ResumeEvent {
  readonly type: "resume";
  readonly step: number;
  readonly epoch: number;
  readonly path: string;
  /** All events up to it. */
  readonly events: Table<typeof EVENTS>;
  readonly wallMs: number;
}

/**
 * Training was stopped by its signal or the stop button. The encoder is half-trained; a `CancelledError` follows, so that
 * nothing after it takes it for a trained one.
 *
 * @category Training
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

/**
 * The end. The encoder holds the final weights, or the best ones if a measure decides.
 *
 * @category Training
 */
export interface DoneEvent {
  readonly type: "done";
  readonly step: number;
  readonly epoch: number;
  readonly reason: "finished" | "early-stop";
  /** All events from the first step on, earlier runs included. */
  readonly events: Table<typeof EVENTS>;
  readonly wallMs: number;
}
