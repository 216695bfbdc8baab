import * as z from "zod";
import { countRelevant } from "./count_relevant.ts";
import { CUTOFF, defineMeasure, LEVEL } from "./measure_part.ts";

/** Precision at k. A ranking with fewer than k documents is still divided by k, as in trec_eval. */
export const precision = defineMeasure({
  name: "P",
  about: "precision: relevant documents among the first k, divided by k",
  options: z.strictObject({ cutoff: CUTOFF, level: LEVEL }),
  trec: { cut: "P" },
  make: ({ cutoff, level }) => ({ grades }) => countRelevant(grades, cutoff, level) / cutoff,
});
