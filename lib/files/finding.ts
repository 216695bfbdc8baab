/**
 * Something odd in a collection that is not an error: duplicate ids, judgments of unknown documents …
 *
 * @category Collections
 */
export interface Finding {
  /** What was found: "qrels of an unknown document". */
  readonly kind: string;
  /** Number of occurrences. */
  readonly count: number;
  /** The first few occurrences. */
  readonly examples: readonly string[];
}
