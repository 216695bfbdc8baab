/** A document found for a query. */
export interface Hit {
  readonly doc_id: string;
  /** Row of the document in the corpus. */
  readonly row: number;
  /** Rank from 1. */
  readonly rank: number;
  /** Score as float32, higher is better. */
  readonly score: number;
}

/** Turns text into index terms, in two steps, so that the second is done once per distinct token. */
export interface Analyzer {
  /** Calls `emit` with every token of a text in order. */
  split(text: string, emit: (token: string) => void): void;
  /** The term that a token is indexed under; undefined for a stop word. Depends on the token alone. */
  term(token: string): string | undefined;
}
