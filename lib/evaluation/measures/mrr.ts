import * as z from "zod";
import { CUTOFF, defineMeasure, LEVEL } from "./measure_part.ts";

/** Reciprocal rank; its mean over queries is MRR. */
export const MRR = defineMeasure({
  name: "MRR",
  about: "reciprocal rank of the first relevant document",
  options: z.strictObject({ cutoff: CUTOFF.optional(), level: LEVEL }),
  trec: { plain: "recip_rank" },
  make: ({ cutoff = Infinity, level }) => ({ grades }) => {
    for (let i = 0; i < Math.min(cutoff, grades.length); i++) if (grades[i] >= level) return 1 / (i + 1);
    return 0;
  },
});
