import { split, transpose } from "../operations/layout.ts";
import { reshape } from "../operations/reshape.ts";
import { like } from "../operations/operands.ts";
import { node } from "../operations/node.ts";
import type { Tensor } from "../graph.ts";
import type { Numbers } from "../types.ts";
import { expand } from "../operations/layout.ts";
import { int, type Rule, sumTo } from "./rule.ts";

/** Numbers of an operand that is always a constant. */
function numbers(tensor: Tensor): number[] {
  return tensor.origin.kind === "constant"
    ? [...tensor.origin.data as Exclude<Numbers, BigInt64Array>].map(Number)
    : [];
}

/** Rules of the operations that only move elements. */
export const LAYOUT: Readonly<Record<string, Rule>> = {
  Reshape: (reshaped, [g]) => [reshape(g!, reshaped.inputs[0]!.shape), undefined],
  Transpose: (transposed, [g]) => {
    const { ints } = transposed.attributes.perm as { ints: readonly number[] };
    return [transpose(g!, ints.map((_, axis) => ints.indexOf(axis)))];
  },
  Concat: (joined, [g]) => {
    const axis = int(joined, "axis");
    return split(g!, { axis, sizes: joined.inputs.map((input) => input!.shape[axis]) });
  },
  Split: (parted, arriving) => {
    const parts = parted.outputs.map((part, index) => arriving[index] ?? expand(like(0, part), part.shape));
    // Not concat, which does not know the name of a sum of named sizes.
    const [x] = parted.inputs as [Tensor, ...Tensor[]];
    const whole = node("Concat", parts as [Tensor, ...Tensor[]], { shape: x.shape, attributes: parted.attributes });
    return [whole, undefined];
  },
  Slice: (sliced, [g]) => {
    const [x, start, end, axis] = sliced.inputs as Tensor[];
    const [from, to, at] = [start, end, axis].map((each) => numbers(each)[0]);
    const pads = new Array<number>(2 * x.rank).fill(0);
    pads[at] = from;
    pads[x.rank + at] = (x.shape[at] as number) - to;
    const padded = node("Pad", [g!, x.graph.constant(pads, { dtype: "int64" })], { shape: x.shape });
    return [padded, undefined, undefined, undefined];
  },
  Expand: (expanded, [g]) => [sumTo(g!, expanded.inputs[0]!.shape), undefined],
};
