import * as z from "zod";
import type { OptionSchema, Part } from "../../core/registry.ts";

/**
 * One query's ranking and judgments, as a measure reads them.
 *
 * @category Evaluation
 */
export interface JudgedRanking {
  /** Grades of the retrieved documents in rank order; 0 for a document without a judgment. */
  readonly grades: ArrayLike<number>;
  /** Grades of all judged documents, highest first. */
  readonly judged: ArrayLike<number>;
}

/**
 * Scores one query in [0, 1].
 *
 * @category Evaluation
 */
export type QueryMeasure = (ranking: JudgedRanking) => number;

/**
 * A kind of measure: a part of the registry {@link MEASURES}, with its names in trec_eval.
 *
 * @category Evaluation
 */
export interface MeasurePart<Name extends string = string, Options extends OptionSchema = OptionSchema>
  extends Part<Name, Options, readonly [], QueryMeasure> {
  /** trec_eval's name without a cutoff (`map`) and the stem of its name with one (`map_cut` of `map_cut_10`). */
  readonly trec: { readonly plain?: string; readonly cut?: string };
}

/** The option `@k` of a name: ranks that count. */
export const CUTOFF = z.int().min(1);

/** The option `(rel=2)` of a name: the lowest grade that is relevant. */
export const LEVEL = z.int().min(1).default(1);

/** Defines a measure and keeps the types of its name and options. */
export function defineMeasure<const Name extends string, Options extends OptionSchema>(
  part: MeasurePart<Name, Options>,
): MeasurePart<Name, Options> {
  return part;
}
