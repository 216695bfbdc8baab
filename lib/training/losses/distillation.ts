import * as z from "zod";
import type { OptionShape } from "../../core/parse_options.ts";
import { cast, div, greater, logSoftmax, mul, reduceSum, softmax, sub } from "../../graph/mod.ts";
import { lossPart, makeLoss } from "./loss_part.ts";
import { meanOfQueries, related } from "./parts.ts";
import type { Loss, LossPart } from "./types.ts";

/**
 * Options of {@link distillation}.
 *
 * @category Training
 */
export interface DistillationOptions {
  /**
   * Divides the student's cosines.
   *
   * @default {0.02}
   */
  temperature?: number;
  /** Divides the teacher's scores. Omit to use `temperature`. */
  teacherTemperature?: number;
}

/** Part of {@link distillation}. */
export const DISTILLATION: LossPart<"distillation"> = lossPart({
  name: "distillation",
  about: "distills the teacher's distribution over the candidates",
  options: z.strictObject(
    {
      temperature: z.number().positive().default(0.02),
      teacherTemperature: z.number().positive().optional(),
    } satisfies OptionShape<DistillationOptions>,
  ),
  needs: { teacher: true },
  resolve: ({ temperature, teacherTemperature = temperature }) => ({ temperature, teacherTemperature }),
  build(inputs, { temperature, teacherTemperature }) {
    const student = related(inputs, div(inputs.scores, temperature));
    const teacher = related(inputs, div(inputs.teacher!, teacherTemperature));
    const difference = mul(sub(logSoftmax(teacher.logits), logSoftmax(student.logits)), student.mask);
    const divergence = reduceSum(mul(softmax(teacher.logits), difference), { axes: [1] });
    const any = cast(greater(reduceSum(student.mask, { axes: [1] }), 0), "float32");
    return meanOfQueries(inputs, divergence, any);
  },
});

/**
 * Distillation: the Kullback-Leibler divergence of the student's softmax over a query's candidates from the teacher's,
 * `sum p (log p - log q)`. Needs a teacher.
 *
 * @throws {ArgumentError} if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { distillation } from "./mod.ts";
 * console.log(distillation().name); // distillation(temperature=0.02, teacherTemperature=0.02)
 * ```
 *
 * @category Training
 */
export function distillation(options: DistillationOptions = {}): Loss {
  return makeLoss(DISTILLATION, options);
}
