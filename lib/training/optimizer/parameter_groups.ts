import type { Parameter } from "../../encoders/types.ts";
import { matchesGlob } from "../../core/glob.ts";
import { checkPattern } from "./patterns.ts";

/**
 * Parameters that are trained differently from the rest.
 *
 * @category Training
 */
export interface ParameterGroup {
  /** Names, with `*` for any run of characters. A parameter belongs to the first group that matches it. */
  match: string;
  /**
   * Multiplies the learning rate.
   *
   * @default {1}
   */
  rate?: number;
  /** Weight decay of this group. Omit for that of the optimizer; 0 for biases, normalizations and embedding tables. */
  weightDecay?: number;
}

/** The group of a parameter, if it has one. */
export function groupOf({ name }: Parameter, groups: readonly ParameterGroup[]): ParameterGroup | undefined {
  return groups.find(({ match }) => matchesGlob(name, match));
}

/** @throws {ArgumentError} if a group matches no parameter. */
export function checkGroups(parameters: readonly Parameter[], groups: readonly ParameterGroup[]): void {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  for (const { match } of groups) checkPattern(match, byName, "groups");
}
