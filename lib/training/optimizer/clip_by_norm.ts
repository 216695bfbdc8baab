import { ArgumentError } from "../../core/errors.ts";
import { shown } from "../../core/shown.ts";
import { clipFactor } from "./gradients.ts";
import type { OptimizerLink } from "./link.ts";

/**
 * Scales all gradients down to a common norm of at most `limit`; 0 never clips.
 *
 * @throws {ArgumentError} unless `limit` is a number >= 0.
 *
 * @example
 * ```ts
 * import { clipByNorm } from "../mod.ts";
 * console.log(clipByNorm(1).init([]).size); // 0
 * ```
 *
 * @category Training
 */
export function clipByNorm(limit: number): OptimizerLink {
  if (!(limit >= 0)) {
    throw new ArgumentError(`clip must be a number >= 0, found ${shown(limit)}`, { field: "clip" });
  }
  return {
    init: () => new Map(),
    update: (updates, { norm }) =>
      updates.map((update) => ({ ...update, scale: update.scale * clipFactor(norm, limit) })),
  };
}
