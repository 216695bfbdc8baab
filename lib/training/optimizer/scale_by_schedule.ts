import type { OptimizerLink } from "./link.ts";

/**
 * Multiplies the learning rate by that of the step, counted from 1.
 *
 * @example
 * ```ts
 * import { scaleBySchedule, schedule } from "../mod.ts";
 * const rate = schedule("linear", { steps: 100, warmup: 10 });
 * console.log(scaleBySchedule((step) => 1e-3 * rate(step)).init([]).size); // 0
 * ```
 *
 * @category Training
 */
export function scaleBySchedule(rate: (step: number) => number): OptimizerLink {
  return {
    init: () => new Map(),
    update: (updates, { step }) => updates.map((update) => ({ ...update, rate: rate(step) * update.rate })),
  };
}
