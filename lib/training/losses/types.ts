import type { OptionSchema, Part } from "../../core/registry.ts";
import type { Tensor } from "../../graph/graph.ts";

/**
 * What a loss sees: tensors of the graph, never a model.
 *
 * @category Training
 */
export interface LossInputs {
  /** Cosine similarities `[queries, candidates]`. */
  readonly scores: Tensor;
  /**
   * Relations `[queries, candidates]`, float32: above 0 a positive of that grade, -1 one of the query's own negatives,
   * -2 an in-batch negative, 0 ignored.
   */
  readonly relations: Tensor;
  /**
   * Columns of every query's positives `[queries, positives]`, int32. Rows are as long as the longest one; shorter rows
   * are padded with column 0, where {@link LossInputs.grades} is 0.
   */
  readonly columns: Tensor;
  /** Grades of those positives `[queries, positives]`, float32; 0 in the padding. */
  readonly grades: Tensor;
  /** A teacher's scores `[queries, candidates]`, for losses that need them. */
  readonly teacher?: Tensor;
  /** A guide encoder's cosine similarities `[queries, candidates]`, for losses that need them. */
  readonly guide?: Tensor;
  /**
   * Weight of every candidate `[queries, candidates]`, float32, at least 0; 1 for positives and in-batch negatives. A
   * negative of weight 2 counts as two negatives, one of weight 0 not at all. Omitted if all are 1.
   */
  readonly weights?: Tensor;
  /** Weight of every query's loss `[queries]`, float32. Omitted if all are 1. */
  readonly queryWeights?: Tensor;
  /**
   * Source of every candidate `[candidates]`, int32: its place in `SOURCES`, or -1 for a document that came as a known
   * positive. For losses that need it.
   */
  readonly sources?: Tensor;
  /** Cosine similarities of the first `dimension` numbers of the embeddings, normalized again. */
  truncated?(dimension: number): Tensor;
}

/**
 * What a loss needs besides scores and relations.
 *
 * @category Training
 */
export interface LossNeeds {
  /** A teacher's scores. */
  readonly teacher?: boolean;
  /** A guide's similarities. */
  readonly guide?: boolean;
  /** Graded levels of written passages, relabeled ones included. */
  readonly levels?: boolean;
  /** The candidates' sources. */
  readonly sources?: boolean;
}

/**
 * A loss: the mean over a batch's queries, a scalar.
 *
 * @category Training
 */
export interface Loss {
  /** Name and settings: `infoNCE(temperature=0.02, hardness=0)`. */
  readonly name: string;
  /** What `train` must provide. */
  readonly needs: LossNeeds;
  /** Appends the loss to the graph of its inputs. */
  build(inputs: LossInputs): Tensor;
}

/**
 * A loss by name, as {@link LOSSES} holds it.
 *
 * @category Training
 */
export type LossPart<Name extends string = string> = Part<Name, OptionSchema, [], Loss>;

/**
 * A loss around another one, as {@link LOSS_WRAPPERS} holds it.
 *
 * @category Training
 */
export type LossWrapperPart<Name extends string = string> = Part<Name, OptionSchema, [loss: Loss], Loss>;
