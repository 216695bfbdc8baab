import type { Batch } from "./batches/batch.ts";
import type { Loss } from "./losses/types.ts";
import type { Matrices } from "./matrices.ts";
import type { GradientSum } from "./optimizer/gradients.ts";

/** Options of {@link compileStep}. */
export interface StepOptions {
  loss: Loss;
  /**
   * Dropout probability.
   *
   * @default {0}
   */
  dropout?: number;
  /**
   * Whether candidates and queries have weights.
   *
   * @default {false}
   */
  weighted?: boolean;
  /** Texts per chunk of GradCache. Omit to encode all at once. */
  chunk?: number;
  /**
   * Threads within one operation; 0 uses all cores.
   *
   * @default {0}
   */
  threads?: number;
}

/** Results of one batch besides gradients. */
export interface StepResult {
  readonly loss: number;
  /** Cosines `[queries, candidates]`. */
  readonly scores: Float32Array;
  /** Gradient of the loss with respect to them. */
  readonly scoreGradients: Float32Array;
  readonly tokens: number;
  /** Floating-point operations of one forward pass over the real tokens. */
  readonly flops: number;
}

/** Options of {@link Step.run}. */
export interface StepRunOptions extends Matrices {
  /** Seed of the dropout masks. */
  seed: number;
  /** Receives the gradients, times `scale`. */
  sum: GradientSum;
  scale: number;
  signal?: AbortSignal;
}

/** A compiled training step: from a batch to loss and gradients. */
export interface Step {
  run(batch: Batch, options: StepRunOptions): Promise<StepResult>;
  dispose(): Promise<void>;
}
