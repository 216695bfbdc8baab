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
  /** Kind of event. */
  readonly type: "step";
  /** From 1. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Mean loss of the step's queries. */
  readonly loss: number;
  /** The loss shared out by source of the negatives, in proportion to the gradients of their scores; adds up to it. */
  readonly lossBySource: Readonly<Record<string, number>>;
  /** Learning rate of this step. */
  readonly learningRate: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Mean cosine of queries and positives. */
  readonly positiveSimilarity: number;
  /** Mean cosine of queries and negatives, in-batch ones included. */
  readonly negativeSimilarity: number;
  /** Tokens encoded, with special tokens, without padding. */
  readonly tokens: number;
  /** Tokens encoded per second of this step. */
  readonly tokensPerSecond: number;
  /** Estimated remaining seconds at the current pace. */
  readonly secondsLeft: number;
  /** Milliseconds of training so far, those before a resume included. */
  readonly wallMs: number;
}

/**
 * A measurement; step 0 is before training.
 *
 * @category Training
 */
export interface EvaluationEvent {
  /** Kind of event. */
  readonly type: "evaluation";
  /** Optimizer steps done. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Value of each measure by name. */
  readonly values: Readonly<Record<string, number>>;
  /** Whether it is the best so far. */
  readonly best: boolean;
  /** Milliseconds of training so far, those before a resume included. */
  readonly wallMs: number;
}

/**
 * Negatives were drawn for an epoch, or for the rest of it after a refresh.
 *
 * @category Training
 */
export interface DrawEvent {
  /** Kind of event. */
  readonly type: "draw";
  /** Optimizer steps done. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Queries that negatives were drawn for. */
  readonly queries: number;
  /** Negatives drawn. */
  readonly negatives: number;
  /** Queries and sources that got fewer negatives than the sampler asks for. */
  readonly shortfalls: number;
  /** Milliseconds of training so far, those before a resume included. */
  readonly wallMs: number;
}

/**
 * New negatives were mined.
 *
 * @category Training
 */
export interface RefreshEvent {
  /** Kind of event. */
  readonly type: "refresh";
  /** Optimizer steps done. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Rows of the new table. */
  readonly rows: number;
  /** Milliseconds of training so far, those before a resume included. */
  readonly wallMs: number;
}

/**
 * A checkpoint was written.
 *
 * @category Training
 */
export interface CheckpointEvent {
  /** Kind of event. */
  readonly type: "checkpoint";
  /** Optimizer steps done. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Folder of the checkpoint. */
  readonly path: string;
  /** Milliseconds of training so far, those before a resume included. */
  readonly wallMs: number;
}

/**
 * Training resumes from a checkpoint.
 *
 * @category Training
 */
export interface ResumeEvent {
  /** Kind of event. */
  readonly type: "resume";
  /** Optimizer steps done. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Folder of the checkpoint. */
  readonly path: string;
  /** All events up to it. */
  readonly events: Table<typeof EVENTS>;
  /** Milliseconds of training so far, those before a resume included. */
  readonly wallMs: number;
}

/**
 * Training was stopped by its signal or the stop button. The encoder is half-trained; a `CancelledError` follows, so that
 * nothing after it takes it for a trained one.
 *
 * @category Training
 */
export interface StoppedEvent {
  /** Kind of event. */
  readonly type: "stopped";
  /** Steps taken. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Milliseconds of training so far, those before a resume included. */
  readonly wallMs: number;
}

/**
 * The end. The encoder holds the final weights, or the best ones if a measure decides.
 *
 * @category Training
 */
export interface DoneEvent {
  /** Kind of event. */
  readonly type: "done";
  /** Optimizer steps done. */
  readonly step: number;
  /** Epochs done. */
  readonly epoch: number;
  /** Why it ended. */
  readonly reason: "finished" | "early-stop";
  /** All events from the first step on, earlier runs included. */
  readonly events: Table<typeof EVENTS>;
  /** Milliseconds of training so far, those before a resume included. */
  readonly wallMs: number;
}
