import type { OptimizerLink } from "./link.ts";
import { checkGroups, groupOf, type ParameterGroup } from "./parameter_groups.ts";

/**
 * Multiplies the learning rate of the groups that have one.
 *
 * @example
 * ```ts
 * import { scaleByGroup } from "../mod.ts";
 * console.log(scaleByGroup([]).init([]).size); // 0
 * ```
 *
 * @category Training
 */
export function scaleByGroup(groups: readonly ParameterGroup[]): OptimizerLink {
  return {
    init(parameters) {
      checkGroups(parameters, groups);
      return new Map();
    },
    update: (updates) =>
      updates.map((update) => ({ ...update, rate: update.rate * (groupOf(update.parameter, groups)?.rate ?? 1) })),
  };
}
