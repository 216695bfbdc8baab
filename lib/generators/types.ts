import type { Passage } from "../data/passage.ts";

/** What a judge reads: a query, its known positive, and candidates that may or may not be negatives. */
export interface JudgeRequest {
  readonly query_id: string;
  readonly query: string;
  readonly positive: Passage;
  readonly candidates: readonly Passage[];
}

/** A judge's word on one candidate: `keep` it as a negative, `drop` it, or `relabel` it as a positive. */
export interface Judgement {
  readonly verdict: "keep" | "drop" | "relabel";
  readonly reason: string;
}

/** Reads candidates, answers in their order. A language model, a cross-encoder, a person. */
export type Judge = (request: JudgeRequest, options?: { signal?: AbortSignal }) => Promise<readonly Judgement[]>;
