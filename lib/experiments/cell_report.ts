import type { Geometry } from "./geometry.ts";

/**
 * Report of a finished cell.
 *
 * @category Experiments
 */
export interface CellReport {
  /** Name of the arm. */
  arm: string;
  /** Repetition, from 0. */
  repetition: number;
  /** Seconds that it took. */
  seconds: number;
  /** Steps of its training. */
  steps: number;
  /** Mean negatives of each source per instance, as drawn in the first epoch. */
  drawn: Record<string, number>;
  /** Queries with fewer negatives than the arm asks for, by source. */
  short: Record<string, number>;
  /** Means of the measures on the test split. */
  values: Record<string, number>;
  /** The main measure on dev after training. Missing if it was not measured. */
  dev?: number;
  /** How training moved the vectors of a sample. Missing for arms that are not trained. */
  geometry?: { before: Geometry; after: Geometry };
  /** Digests of everything that a repetition must reproduce, which is all but times. */
  digests: Record<string, string>;
}
