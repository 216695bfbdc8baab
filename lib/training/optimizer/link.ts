import type { Parameter } from "../../encoders/types.ts";
import type { Gradient } from "./gradients.ts";

/**
 * Arrays that an optimizer keeps between steps, by name; a checkpoint stores them.
 *
 * @category Training
 */
export type OptimizerState = ReadonlyMap<string, Float32Array>;

/**
 * Numbers of a parameter that one call changes: `length` of them from `at`, with the gradient from `from`.
 *
 * @category Training
 */
export interface Range {
  /** First number of the parameter. */
  readonly at: number;
  /** First number of the gradient. */
  readonly from: number;
  /** How many numbers. */
  readonly length: number;
}

/**
 * How one step will change a parameter. Links of the chain adjust its factors; nothing is computed until the end, when
 * one loop passes over the numbers (of sparse parameters only over the rows with a gradient).
 * @category Training
 */
export interface Update extends Gradient {
  /** Multiplies the gradient. */
  readonly scale: number;
  /** Multiplies the direction: the learning rate. */
  readonly rate: number;
  /** Weight decay, decoupled from the gradient. */
  readonly weightDecay: number;
  /** Moves the numbers of a range; plain gradient descent unless a link sets another direction. */
  move(update: Update, range: Range): void;
}

/**
 * What a link sees besides the updates.
 *
 * @category Training
 */
export interface StepContext {
  /** From 1. */
  readonly step: number;
  /** Norm of all gradients together. */
  readonly norm: number;
  /** Arrays that the chain's links made. */
  readonly state: OptimizerState;
}

/**
 * A link of an optimizer: plain functions without state of their own.
 *
 * @category Training
 */
export interface OptimizerLink {
  /**
   * Checks itself against the parameters and makes the arrays that it keeps.
   *
   * @throws {ArgumentError} if a pattern matches no parameter.
   */
  init(parameters: readonly Parameter[]): OptimizerState;
  /** The updates for the next link. */
  update(updates: readonly Update[], context: StepContext): readonly Update[];
}

/**
 * Applies links one after the other.
 *
 * @example
 * ```ts
 * import { chain, clipByNorm, scaleBySchedule } from "../mod.ts";
 * const descent = chain(clipByNorm(1), scaleBySchedule(() => 0.1)); // plain gradient descent
 * console.log(descent.init([]).size); // 0
 * ```
 *
 * @category Training
 */
export function chain(...links: readonly OptimizerLink[]): OptimizerLink {
  return {
    init: (parameters) => new Map(links.flatMap((link) => [...link.init(parameters)])),
    update: (updates, context) => links.reduce((all, link) => link.update(all, context), updates),
  };
}
