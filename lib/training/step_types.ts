import type { Batch } from "./batches/batch.ts";
import type { Loss } from "./losses/types.ts";
import type { Matrices } from "./matrices.ts";
import type { GradientSum } from "./optimizer/gradients.ts";

/** Options of `compileStep`. */
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
  /** Texts that are encoded at a time, by GradCache; all at once when left out. */
  chunk?: number;
  /**
   * Threads of one operation.
   *
   * @default {0} as many as there are cores
   */
  threads?: number;
}

/** What one batch gave, besides its gradients. */
export interface StepResult {
  readonly loss: number;
  /** Cosines `[queries, candidates]`. */
  readonly scores: Float32Array;
  /** Gradient of the loss with regard to them. */
  readonly scoreGradients: Float32Array;
  readonly tokens: number;
  /** Floating-point operations of one forward pass over the real tokens. */
  readonly flops: number;
}

/** Options of {@link Step.run}. */
export interface StepRunOptions extends Matrices {
  /** Of dropout's masks. */
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
