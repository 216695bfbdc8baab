import { neg } from "../operations/arithmetic.ts";
import { rotate } from "../operations/rotation.ts";
import type { Tensor } from "../graph.ts";
import type { Rule } from "./rule.ts";

/** Rule of the rotation: rotates the gradient back. None passes to the angles, which are not parameters. */
export const ROTATION: Readonly<Record<string, Rule>> = {
  RotaryEmbedding: (node, [g], wanted) => {
    const [, , cos, sin] = node.inputs as readonly Tensor[];
    return [wanted[0] ? rotate(g!, { cos, sin: neg(sin) }) : undefined, undefined, undefined, undefined];
  },
};
