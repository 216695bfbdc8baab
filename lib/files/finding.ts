/** Something odd in a collection that is not an error: duplicate ids, judgements that point nowhere … */
export interface Finding {
  /** What was found, such as "qrels of an unknown document". */
  readonly kind: string;
  /** How often. */
  readonly count: number;
  /** The first few, for the eye. */
  readonly examples: readonly string[];
}
