/**
 * Relation of a query to one of its own negatives.
 *
 * @category Training
 */
export const OWN_NEGATIVE: number = -1;

/**
 * Relation of a query to a document that another query brought to the batch.
 *
 * @category Training
 */
export const IN_BATCH_NEGATIVE: number = -2;

/**
 * Relations of a batch's queries to its candidates, `[queries, candidates]`, row after row: above 0 a positive of that
 * grade, {@link OWN_NEGATIVE} or {@link IN_BATCH_NEGATIVE}, 0 ignored. Ragged negatives, several positives, graded
 * levels and masks are all expressed by this matrix.
 *
 * @category Training
 */
export interface Relations {
  readonly data: Float32Array;
  readonly queries: number;
  readonly candidates: number;
}
