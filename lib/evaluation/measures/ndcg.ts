import * as z from "zod";
import { CUTOFF, defineMeasure } from "./measure_part.ts";

/** nDCG (Järvelin and Kekäläinen 2002) as trec_eval computes it: gain = grade, discount = log2(rank + 1). */
export const nDCG = defineMeasure({
  name: "nDCG",
  about: "normalized discounted cumulative gain: gain = grade, discount log2(rank + 1)",
  options: z.strictObject({ cutoff: CUTOFF.optional() }),
  trec: { plain: "ndcg", cut: "ndcg_cut" },
  make: ({ cutoff = Infinity }) => ({ grades, judged }) => {
    const ideal = discountedGain(judged, cutoff);
    return ideal > 0 ? discountedGain(grades, cutoff) / ideal : 0;
  },
});

function discountedGain(grades: ArrayLike<number>, depth: number): number {
  let sum = 0;
  for (let i = 0; i < Math.min(depth, grades.length); i++) if (grades[i] > 0) sum += grades[i] / Math.log2(i + 2);
  return sum;
}
