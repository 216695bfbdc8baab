import type { Passage } from "../../collections/passage.ts";

/**
 * A query and a passage to be scored together.
 *
 * @category Negatives
 */
export interface Pair {
  /** Text of the query. */
  readonly query: string;
  /** The passage. */
  readonly passage: Passage;
}

/**
 * Scores pairs, in their order: a function, such as one that asks a server. A cross-encoder of the kit is passed as it
 * is.
 *
 * @category Negatives
 */
export type PairScorer = (
  pairs: readonly Pair[],
  options?: { signal?: AbortSignal },
) => Promise<ArrayLike<number>> | ArrayLike<number>;
