import { type Measure, measure } from "./measure.ts";

/** Documents that some measures want ranked for a query: 100, or as many as the deepest reads; 1,000 where one reads all. */
export function depthOf(measures: readonly (string | Measure)[]): number {
  const cutoffs = measures.map((one) => (typeof one === "string" ? measure(one) : one).cutoff ?? 1000);
  return Math.max(100, ...cutoffs);
}
