import * as z from "zod";
import { countRelevant } from "./count_relevant.ts";
import { CUTOFF, defineMeasure, LEVEL } from "./measure_part.ts";

/** Recall at k; 0 for a query without a relevant document. */
export const recall = defineMeasure({
  name: "Recall",
  about: "share of the relevant documents that are among the first k",
  options: z.strictObject({ cutoff: CUTOFF, level: LEVEL }),
  trec: { cut: "recall" },
  make: ({ cutoff, level }) => ({ grades, judged }) => {
    const relevant = countRelevant(judged, Infinity, level);
    return relevant > 0 ? countRelevant(grades, cutoff, level) / relevant : 0;
  },
});
