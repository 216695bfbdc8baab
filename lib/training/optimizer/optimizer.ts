import { KitError } from "../../core/errors.ts";
import type { Parameter } from "../../encoders/types.ts";
import { globalNorm, type Gradient } from "./gradients.ts";
import type { OptimizerLink, OptimizerState, Range, Update } from "./link.ts";

/**
 * An optimizer: changes parameters in place.
 *
 * @category Training
 */
export interface Optimizer {
  /** Steps taken. */
  steps: number;
  /** Its arrays by name, for checkpoints; writing into them restores a state. */
  readonly state: OptimizerState;
  /** Takes one step. `norm` is that of all gradients together, if it is known. */
  update(gradients: readonly Gradient[], norm?: number): void;
}

/**
 * An optimizer for these parameters out of a chain of links. Its whole state is the arrays of the links and the number
 * of steps, so that a resumed run continues exactly.
 *
 * Sparse parameters are updated lazily: a step changes the rows that have a gradient; every other row keeps its numbers
 * and its moments, and does not decay.
 *
 * @throws {ArgumentError} if a group's pattern matches no parameter.
 *
 * @example
 * ```ts
 * import { makeOptimizer, scaleBySchedule } from "../mod.ts";
 * const weights = { name: "w", shape: [2], data: Float32Array.of(1, 2), sparse: false, decay: false };
 * const optimizer = makeOptimizer([weights], scaleBySchedule(() => 0.5));
 * optimizer.update([{ parameter: weights, data: Float32Array.of(1, -1) }]);
 * console.log(weights.data); // Float32Array(2) [ 0.5, 2.5 ]
 * ```
 *
 * @category Training
 */
export function makeOptimizer(parameters: readonly Parameter[], link: OptimizerLink): Optimizer {
  const known = new Set(parameters.map(({ name }) => name));
  const state = link.init(parameters);
  return {
    steps: 0,
    state,
    update(gradients, norm = globalNorm(gradients)) {
      for (const { parameter: { name } } of gradients) {
        if (!known.has(name)) throw new KitError(`Cannot update "${name}": the optimizer does not have it`);
      }
      this.steps++;
      const start = gradients.map((gradient) => ({ ...gradient, scale: 1, rate: 1, weightDecay: 0, move: descend }));
      for (const update of link.update(start, { step: this.steps, norm, state })) apply(update);
    },
  };
}

function apply(update: Update): void {
  const { parameter, rows, data } = update;
  if (!rows) return update.move(update, { at: 0, from: 0, length: data.length });
  const width = parameter.shape[1];
  for (let i = 0; i < rows.length; i++) update.move(update, { at: rows[i] * width, from: i * width, length: width });
}

/** Plain gradient descent. */
function descend({ parameter, data, scale, rate, weightDecay }: Update, { at, from, length }: Range): void {
  const weights = parameter.data;
  const keep = 1 - rate * weightDecay;
  for (let i = 0; i < length; i++) weights[at + i] = weights[at + i] * keep - rate * scale * data[from + i];
}
