import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";

/**
 * How the learning rate falls after the warm-up.
 *
 * @category Training
 */
export const SCHEDULES = ["constant", "linear", "cosine"] as const;
/**
 * One of {@link SCHEDULES}.
 *
 * @category Training
 */
export type ScheduleName = typeof SCHEDULES[number];

/**
 * Options of {@link schedule}.
 *
 * @category Training
 */
export interface ScheduleOptions {
  /** Optimizer steps of the whole training. */
  steps: number;
  /**
   * Steps of linear warm-up from 0; below 1, a share of `steps`.
   *
   * @default {0}
   */
  warmup?: number;
}

const SCHEDULE_OPTIONS: OptionKinds<ScheduleOptions> = { steps: "number", warmup: "number" };

/**
 * The factor of the learning rate at every step, from 1 to `steps`: `step / warmup` at first, then constant at 1, or
 * down to 0 at the end, linearly or as half a cosine.
 *
 * @throws {ArgumentError} if the name is unknown or a number is outside its domain.
 *
 * @example
 * ```ts
 * import { schedule } from "../mod.ts";
 * console.log([1, 2, 3, 10].map(schedule("linear", { steps: 10, warmup: 2 }))); // [ 0.5, 1, 1, 0.125 ]
 * ```
 *
 * @category Training
 */
export function schedule(name: ScheduleName, options: ScheduleOptions): (step: number) => number {
  checkOptions<ScheduleOptions>("schedule", options, SCHEDULE_OPTIONS);
  const { steps, warmup = 0 } = options;
  if (!SCHEDULES.includes(name)) throw new ArgumentError(`Unknown schedule "${name}": ${suggestion(name, SCHEDULES)}`);
  if (!(warmup >= 0 && Number.isFinite(warmup))) {
    throw new ArgumentError(`warmup must be a number >= 0, found ${warmup}`, { field: "warmup" });
  }
  const rising = warmup < 1 ? Math.round(warmup * steps) : Math.round(warmup);
  return (step) => {
    if (step <= rising) return step / rising;
    const done = Math.min(1, (step - rising - 1) / Math.max(1, steps - rising));
    switch (name) {
      case "constant":
        return 1;
      case "linear":
        return 1 - done;
      case "cosine":
        return 0.5 * (1 + Math.cos(Math.PI * done));
      default:
        return name satisfies never;
    }
  };
}
