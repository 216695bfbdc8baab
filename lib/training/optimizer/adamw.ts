import * as z from "zod";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { clipByNorm } from "./clip_by_norm.ts";
import { decayWeights } from "./decay_weights.ts";
import { chain, type OptimizerLink } from "./link.ts";
import type { ParameterGroup } from "./parameter_groups.ts";
import { scaleByAdam } from "./scale_by_adam.ts";
import { scaleByGroup } from "./scale_by_group.ts";
import { scaleBySchedule } from "./scale_by_schedule.ts";

/**
 * Options of {@link adamW}.
 *
 * @category Training
 */
export interface AdamWOptions {
  /**
   * Decay of the mean of gradients.
   *
   * @default {0.9}
   */
  beta1?: number;
  /**
   * Decay of the mean of squared gradients.
   *
   * @default {0.999}
   */
  beta2?: number;
  /**
   * Keeps the division finite.
   *
   * @default {1e-8}
   */
  epsilon?: number;
  /**
   * Weight decay, decoupled from the gradient; biases, normalizations and embedding tables have none.
   *
   * @default {0.01}
   */
  weightDecay?: number;
  /**
   * Groups by name.
   *
   * @default {[]}
   */
  groups?: readonly ParameterGroup[];
}

/**
 * What one training adds to {@link AdamWOptions}.
 *
 * @category Training
 */
export interface AdamWRun {
  /** Learning rate of each step, counted from 1. */
  learningRate: (step: number) => number;
  /**
   * Largest norm of all gradients together; 0 never clips.
   *
   * @default {0}
   */
  clip?: number;
}

const GROUP = z.strictObject(
  {
    match: z.string(),
    rate: z.number().min(0).optional(),
    weightDecay: z.number().min(0).optional(),
  } satisfies OptionShape<ParameterGroup>,
);

const OPTIONS = z.strictObject(
  {
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: z.number().positive().default(1e-8),
    weightDecay: z.number().min(0).default(0.01),
    groups: z.array(GROUP).readonly().default([]),
  } satisfies OptionShape<AdamWOptions>,
);

/**
 * AdamW (Loshchilov and Hutter 2019): Adam with weight decay outside the gradient, as PyTorch's `AdamW` computes it, with
 * gradient clipping and a learning rate by step.
 *
 * @throws {ArgumentError} if a number is outside its domain.
 *
 * @example
 * ```ts
 * import { adamW, makeOptimizer } from "../mod.ts";
 * const weights = { name: "w", shape: [2], data: Float32Array.of(1, 2), sparse: false, decay: true };
 * const optimizer = makeOptimizer([weights], adamW({ learningRate: () => 0.1 }, { weightDecay: 0 }));
 * optimizer.update([{ parameter: weights, data: Float32Array.of(1, -1) }]);
 * console.log(weights.data[0].toFixed(3), weights.data[1].toFixed(3)); // 0.900 2.100
 * ```
 *
 * @category Training
 */
export function adamW({ learningRate, clip: limit = 0 }: AdamWRun, options: AdamWOptions = {}): OptimizerLink {
  const { beta1, beta2, epsilon, weightDecay, groups } = parseOptions("adamW", OPTIONS, options);
  return chain(
    clipByNorm(limit),
    scaleByAdam({ beta1, beta2, epsilon }),
    decayWeights(weightDecay, groups),
    scaleByGroup(groups),
    scaleBySchedule(learningRate),
  );
}
