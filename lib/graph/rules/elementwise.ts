import { sigmoid, tanh } from "../operations/activations.ts";
import { add, div, exp, log, mul, neg, pow, sub } from "../operations/arithmetic.ts";
import { where } from "../operations/logic.ts";
import { cast } from "../operations/cast.ts";
import { equal, greater, greaterOrEqual, lessOrEqual } from "../operations/comparisons.ts";
import { and } from "../operations/logic.ts";
import { node } from "../operations/node.ts";
import { cos, sin } from "../operations/rotation.ts";
import { scalarValue } from "../operations/operands.ts";
import { geluRule } from "./gelu.ts";
import { broadcastRule, type Rule, unaryRule } from "./rule.ts";

/** Factor within tanh in the approximation of GELU. */
const ROOT = Math.sqrt(2 / Math.PI);

/** Rules of the element-wise operations. */
export const ELEMENTWISE: Readonly<Record<string, Rule>> = {
  Add: broadcastRule((g) => g, (g) => g),
  Sub: broadcastRule((g) => g, (g) => neg(g)),
  Mul: broadcastRule((g, [, b]) => mul(g, b), (g, [a]) => mul(g, a)),
  Div: broadcastRule((g, [, b]) => div(g, b), (g, [, b], y) => neg(div(mul(g, y), b))),
  Pow: broadcastRule(
    (g, [a, b]) => {
      const slope = mul(g, mul(b, pow(a, sub(b, 1))));
      return scalarValue(b) ? slope : where(equal(b, 0), 0, slope);
    },
    (g, [a, b], y) => {
      const slope = mul(g, mul(y, log(a)));
      return scalarValue(a) ? slope : where(and(equal(a, 0), greaterOrEqual(b, 0)), 0, slope);
    },
  ),
  Min: broadcastRule((g, [a, b]) => where(lessOrEqual(a, b), g, 0), (g, [a, b]) => where(lessOrEqual(a, b), 0, g)),
  Max: broadcastRule(
    (g, [a, b]) => where(greaterOrEqual(a, b), g, 0),
    (g, [a, b]) => where(greaterOrEqual(a, b), 0, g),
  ),
  Where: (where_, [gradient], wanted) => {
    const condition = where_.inputs[0]!;
    const rule = broadcastRule((g) => g, (g) => where(condition, g, 0), (g) => where(condition, 0, g));
    return [undefined, ...rule(where_, [gradient], [false, ...wanted.slice(1)]).slice(1)];
  },
  Neg: unaryRule((g) => neg(g)),
  Abs: unaryRule((g, x) => mul(g, node("Sign", [x], { shape: x.shape }))),
  Sqrt: unaryRule((g, _, y) => div(mul(g, 0.5), y)),
  Exp: unaryRule((g, _, y) => mul(g, y)),
  Log: unaryRule((g, x) => div(g, x)),
  Erf: unaryRule((g, x) => mul(g, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))),
  Tanh: unaryRule((g, _, y) => mul(g, sub(1, mul(y, y)))),
  Gelu: unaryRule(geluRule),
  FastGelu: unaryRule((g, x) => {
    const square = mul(x, x);
    const t = tanh(mul(mul(x, add(mul(square, 0.044715), 1)), ROOT));
    // The slope of what tanh is taken of, times x and tanh's own slope, besides the half of 1 + tanh.
    const inner = mul(mul(x, add(mul(square, 3 * 0.044715), 1)), mul(sub(1, mul(t, t)), ROOT));
    return mul(mul(g, add(add(t, 1), inner)), 0.5);
  }),
  QuickGelu: unaryRule((g, x) => {
    const s = sigmoid(x);
    return mul(g, mul(s, add(mul(x, sub(1, s)), 1)));
  }),
  Sin: unaryRule((g, x) => mul(g, cos(x))),
  Cos: unaryRule((g, x) => neg(mul(g, sin(x)))),
  Relu: unaryRule((g, _, y) => where(greater(y, 0), g, 0)),
  Sigmoid: unaryRule((g, _, y) => mul(g, mul(y, sub(1, y)))),
  Softplus: unaryRule((g, x) => mul(g, sigmoid(x))),
  Clip: (clip, [g], wanted) => {
    const [x] = clip.inputs;
    return [wanted[0] ? where(equal(x!, clip.outputs[0]), g!, 0) : undefined, undefined, undefined];
  },
  Cast: unaryRule((g, x) => cast(g, x.dtype)),
};
