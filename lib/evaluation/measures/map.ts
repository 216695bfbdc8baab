import * as z from "zod";
import { countRelevant } from "./count_relevant.ts";
import { CUTOFF, defineMeasure, LEVEL } from "./measure_part.ts";

/** Average precision; its mean over queries is MAP. */
export const MAP = defineMeasure({
  name: "MAP",
  about: "average precision: mean over all relevant documents of the precision at their ranks",
  options: z.strictObject({ cutoff: CUTOFF.optional(), level: LEVEL }),
  trec: { plain: "map", cut: "map_cut" },
  make: ({ cutoff = Infinity, level }) => ({ grades, judged }) => {
    const relevant = countRelevant(judged, Infinity, level);
    let found = 0;
    let sum = 0;
    for (let i = 0; i < Math.min(cutoff, grades.length); i++) {
      if (grades[i] >= level) sum += ++found / (i + 1);
    }
    return relevant > 0 ? sum / relevant : 0;
  },
});
