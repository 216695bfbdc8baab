import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError, KitError } from "../../core/errors.ts";
import type { Parameter } from "../../encoders/types.ts";
import type { Gradient } from "./gradients.ts";
import { matchesGlob } from "../../core/glob.ts";
import { checkPattern } from "./patterns.ts";

/** Parameters that are trained differently from the rest. */
export interface ParameterGroup {
  /** Names, with `*` for any run of characters. The first group that fits a parameter has it. */
  match: string;
  /** Multiplies the learning rate. @default 1 */
  rate?: number;
  /** Weight decay of this group. @default that of the optimizer; 0 for biases, normalizations and embedding tables */
  decay?: number;
}

/** Options of {@link adamW}. */
export interface AdamWOptions {
  /** Decay of the mean of gradients. @default 0.9 */
  beta1?: number;
  /** Decay of the mean of squared gradients. @default 0.999 */
  beta2?: number;
  /** Keeps the division finite. @default 1e-8 */
  epsilon?: number;
  /** Weight decay, decoupled from the gradient; biases, normalizations and embedding tables have none. @default 0.01 */
  decay?: number;
  /** Groups by name. @default [] */
  groups?: readonly ParameterGroup[];
}

const ADAM_WOPTIONS: OptionKinds<AdamWOptions> = {
  beta1: "number",
  beta2: "number",
  epsilon: "number",
  decay: "number",
  groups: "array",
};

/** The moments of one parameter, as long as its data. */
export interface Moments {
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

/** An optimizer: changes parameters in place. */
export interface Optimizer {
  /** Steps taken. */
  steps: number;
  /** Moments by parameter name, for checkpoints; writing into them restores a state. */
  readonly moments: ReadonlyMap<string, Moments>;
  /** Takes one step with the gradients times `scale`. */
  update(gradients: readonly Gradient[], learningRate: number, scale?: number): void;
}

/**
 * AdamW (Loshchilov and Hutter 2019): Adam with weight decay outside the gradient, as PyTorch's `AdamW` computes it.
 *
 * Sparse parameters are updated lazily: a step changes the rows that have a gradient, their moments and their decay;
 * every other row stays as it is, moments included. The bias correction counts all steps, for every row alike. The
 * state is therefore the moments and the number of steps, nothing more, and a resumed run goes on exactly.
 *
 * @throws {ArgumentError} if a number is outside its domain, or a group's pattern fits no parameter.
 */
export function adamW(parameters: readonly Parameter[], options: AdamWOptions = {}): Optimizer {
  checkOptions<AdamWOptions>("adamW", options, ADAM_WOPTIONS);
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0.01, groups = [] } = options;
  for (const [field, value] of Object.entries({ beta1, beta2 })) {
    if (!(value >= 0 && value < 1)) throw new ArgumentError(`Found ${field} ${value}, wanted 0 to below 1`, { field });
  }
  if (!(epsilon > 0)) throw new ArgumentError(`Found epsilon ${epsilon}, wanted above 0`, { field: "epsilon" });
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const all = [{ decay }, ...groups].flatMap((group) => group.decay ?? []);
  for (const value of all) {
    if (!(value >= 0 && Number.isFinite(value))) {
      throw new ArgumentError(`Found weight decay ${value}, wanted 0 or more`, { field: "decay" });
    }
  }
  for (const { match, rate = 1 } of groups) {
    checkPattern(match, byName, "groups");
    if (!(rate >= 0 && Number.isFinite(rate))) {
      throw new ArgumentError(`Found rate ${rate} of group "${match}", wanted 0 or more`, { field: "groups" });
    }
  }
  const settings = new Map(parameters.map((parameter) => {
    const group = groups.find(({ match }) => matchesGlob(parameter.name, match));
    return [parameter.name, { rate: group?.rate ?? 1, decay: group?.decay ?? (parameter.decay ? decay : 0) }];
  }));
  const moments = new Map(parameters.map(({ name, data }) => [
    name,
    { mean: new Float32Array(data.length), square: new Float32Array(data.length) },
  ]));
  return {
    steps: 0,
    moments,
    update(gradients, learningRate, scale = 1) {
      this.steps++;
      const correction1 = 1 - beta1 ** this.steps;
      const correction2 = Math.sqrt(1 - beta2 ** this.steps);
      for (const { parameter, rows, data } of gradients) {
        const setting = settings.get(parameter.name);
        if (!setting) throw new KitError(`Cannot update "${parameter.name}": the optimizer does not know it`);
        const rate = learningRate * setting.rate;
        const numbers = {
          keep: 1 - rate * setting.decay,
          size: rate / correction1,
          correction2,
          beta1,
          beta2,
          epsilon,
          scale,
        };
        const { mean, square } = moments.get(parameter.name)!;
        if (!rows) {
          move(parameter.data, data, mean, square, 0, 0, data.length, numbers);
          continue;
        }
        const width = parameter.shape[1];
        for (let i = 0; i < rows.length; i++) {
          move(parameter.data, data, mean, square, rows[i] * width, i * width, width, numbers);
        }
      }
    },
  };
}

interface Numbers {
  keep: number;
  size: number;
  correction2: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  scale: number;
}

/** Updates `length` numbers: parameter and moments from `at`, the gradient from `from`. */
function move(
  weights: Float32Array,
  gradient: Float32Array,
  mean: Float32Array,
  square: Float32Array,
  at: number,
  from: number,
  length: number,
  { keep, size, correction2, beta1, beta2, epsilon, scale }: Numbers,
): void {
  const rest1 = 1 - beta1;
  const rest2 = 1 - beta2;
  const shift = from - at;
  for (let i = at; i < at + length; i++) {
    const g = scale * gradient[i + shift];
    const m = mean[i] = beta1 * mean[i] + rest1 * g;
    const v = square[i] = beta2 * square[i] + rest2 * g * g;
    weights[i] = weights[i] * keep - size * m / (Math.sqrt(v) / correction2 + epsilon);
  }
}
