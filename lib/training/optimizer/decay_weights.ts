import type { OptimizerLink } from "./link.ts";
import { checkGroups, groupOf, type ParameterGroup } from "./parameter_groups.ts";

/**
 * Weight decay outside the gradient (Loshchilov and Hutter 2019): a step multiplies weights by `1 - rate * weightDecay`.
 * Biases, normalizations and embedding tables have none, unless a group gives it to them.
 *
 * @example
 * ```ts
 * import { decayWeights } from "../mod.ts";
 * console.log(decayWeights(0.01).init([]).size); // 0
 * ```
 *
 * @category Training
 */
export function decayWeights(weightDecay: number, groups: readonly ParameterGroup[] = []): OptimizerLink {
  return {
    init(parameters) {
      checkGroups(parameters, groups);
      return new Map();
    },
    update: (updates) =>
      updates.map((update) => {
        const own = groupOf(update.parameter, groups)?.weightDecay;
        return { ...update, weightDecay: own ?? (update.parameter.decay ? weightDecay : 0) };
      }),
  };
}
