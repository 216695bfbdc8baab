import * as z from "zod";
import { countRelevant } from "./count_relevant.ts";
import { CUTOFF, defineMeasure, LEVEL } from "./measure_part.ts";

/** Success at k, also called hit rate. */
export const success = defineMeasure({
  name: "Success",
  about: "1 if a relevant document is among the first k, else 0",
  options: z.strictObject({ cutoff: CUTOFF, level: LEVEL }),
  trec: { cut: "success" },
  make: ({ cutoff, level }) => ({ grades }) => countRelevant(grades, cutoff, level) > 0 ? 1 : 0,
});
