import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { cast, div, greater, logSoftmax, mul, reduceSum, softmax, sub } from "../../graph/mod.ts";
import { checkPositive, lossName, meanOfQueries, related } from "./parts.ts";
import type { Loss } from "../types.ts";

/** Options of {@link distillation}. */
export interface DistillationOptions {
  /** Divides the student's cosines. @default 0.02 */
  temperature?: number;
  /** Divides the teacher's scores. @default that of the student */
  teacherTemperature?: number;
}

const DISTILLATION_OPTIONS: OptionKinds<DistillationOptions> = { temperature: "number", teacherTemperature: "number" };

/**
 * Distillation: the Kullback-Leibler divergence of the student's softmax over a query's candidates from the teacher's,
 * `sum p (log p - log q)`.
 */
export function distillation(options: DistillationOptions = {}): Loss {
  checkOptions<DistillationOptions>("distillation", options, DISTILLATION_OPTIONS);
  const { temperature = 0.02, teacherTemperature = temperature } = options;
  checkPositive("temperature", temperature);
  checkPositive("teacherTemperature", teacherTemperature);
  return {
    name: lossName("distillation", { temperature, teacherTemperature }),
    needs: { teacher: true },
    build(inputs) {
      const student = related(inputs, div(inputs.scores, temperature));
      const teacher = related(inputs, div(inputs.teacher!, teacherTemperature));
      const difference = mul(sub(logSoftmax(teacher.logits), logSoftmax(student.logits)), student.mask);
      const divergence = reduceSum(mul(softmax(teacher.logits), difference), { axes: [1] });
      const any = cast(greater(reduceSum(student.mask, { axes: [1] }), 0), "float32");
      return meanOfQueries(divergence, any);
    },
  };
}
