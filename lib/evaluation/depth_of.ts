import { type Measure, measure } from "./measure.ts";

/** Documents to retrieve per query for some measures: 100, or the deepest cutoff; 1,000 if one has no cutoff. */
export function depthOf(measures: readonly (string | Measure)[]): number {
  const cutoffs = measures.map((one) => (typeof one === "string" ? measure(one) : one).cutoff ?? 1000);
  return Math.max(100, ...cutoffs);
}
