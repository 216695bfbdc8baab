/** Splits words into tokens. */
export interface Model {
  /** Ids by token. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Ids of a piece, which must not be empty. */
  tokenize(word: string): readonly number[];
}
