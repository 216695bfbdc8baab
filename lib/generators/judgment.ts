import type { Passage } from "../collections/passage.ts";

/**
 * What a judge reads: a query, its known positive, and candidates that may or may not be negatives.
 *
 * @category Generation
 */
export interface JudgeRequest {
  /** Id of the query. */
  readonly queryId: string;
  /** Text of the query. */
  readonly query: string;
  /** A known positive. */
  readonly positive: Passage;
  /** The passages to judge. */
  readonly candidates: readonly Passage[];
}

/**
 * A judge's verdict on one candidate.
 *
 * @category Generation
 */
export interface Judgment {
  /** `keep` it as a negative, `drop` it, or `relabel` it as a positive. */
  readonly verdict: "keep" | "drop" | "relabel";
  /** Reason for the verdict. */
  readonly reason: string;
  /** How sure the judge is of `keep`, 0 to 1: the negative's weight in the loss. Omit for 1. */
  readonly confidence?: number;
}

/**
 * Judges candidates and returns one judgment each, in their order. A language model, a cross-encoder or a person.
 *
 * @category Generation
 */
export type Judge = (request: JudgeRequest, options?: { signal?: AbortSignal }) => Promise<readonly Judgment[]>;
