import type { OptimizerLink, Range, Update } from "./link.ts";

/**
 * Numbers of {@link scaleByAdam}.
 *
 * @category Training
 */
export interface AdamNumbers {
  /** Decay of the mean of gradients. */
  readonly beta1: number;
  /** Decay of the mean of squared gradients. */
  readonly beta2: number;
  /** Keeps the division finite. */
  readonly epsilon: number;
}

interface AdamStep extends AdamNumbers {
  readonly mean: Float32Array;
  readonly square: Float32Array;
  readonly correction1: number;
  readonly correction2: number;
}

/**
 * Adam's direction: the mean of gradients over the root of the mean of their squares, both bias-corrected. The bias
 * correction counts all steps, for every row of a sparse parameter alike; rows without a gradient keep their moments.
 *
 * @example
 * ```ts
 * import { scaleByAdam } from "../mod.ts";
 * console.log(scaleByAdam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }).init([]).size); // 0
 * ```
 *
 * @category Training
 */
export function scaleByAdam(numbers: AdamNumbers): OptimizerLink {
  return {
    init: (parameters) =>
      new Map(parameters.flatMap(({ name, data }) => [
        [`mean/${name}`, new Float32Array(data.length)] as const,
        [`square/${name}`, new Float32Array(data.length)] as const,
      ])),
    update(updates, { step, state }) {
      const correction1 = 1 - numbers.beta1 ** step;
      const correction2 = Math.sqrt(1 - numbers.beta2 ** step);
      return updates.map((update) => {
        const { name } = update.parameter;
        const [mean, square] = [state.get(`mean/${name}`)!, state.get(`square/${name}`)!];
        const adam = { ...numbers, mean, square, correction1, correction2 };
        return { ...update, move: (update, range) => move(update, range, adam) };
      });
    },
  };
}

/** One fused loop: moments, decay and weights; intermediate numbers are 64-bit. */
function move(
  { parameter, data, scale, rate, weightDecay }: Update,
  { at, from, length }: Range,
  adam: AdamStep,
): void {
  const { mean, square, correction2, beta1, beta2, epsilon } = adam;
  const weights = parameter.data;
  const keep = 1 - rate * weightDecay;
  const size = rate / adam.correction1;
  const rest1 = 1 - beta1;
  const rest2 = 1 - beta2;
  const shift = from - at;
  for (let i = at; i < at + length; i++) {
    const g = scale * data[i + shift];
    const m = mean[i] = beta1 * mean[i] + rest1 * g;
    const v = square[i] = beta2 * square[i] + rest2 * g * g;
    weights[i] = weights[i] * keep - size * m / (Math.sqrt(v) / correction2 + epsilon);
  }
}
