/**
 * A document found for a query.
 *
 * @category Retrieval
 */
export interface Hit {
  /** Its id. */
  readonly doc_id: string;
  /** Its row in the corpus. */
  readonly row: number;
  /** Rank from 1. */
  readonly rank: number;
  /** Score as float32; higher is better. */
  readonly score: number;
}
