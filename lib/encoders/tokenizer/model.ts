/** Splits words into tokens and gives their ids. */
export interface Model {
  /** Ids by token. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Ids of one piece, which is not empty. */
  tokenize(word: string): readonly number[];
}
