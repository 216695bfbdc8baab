/**
 * One answered attempt at a request, stored before the reply is parsed.
 *
 * @category Generation
 */
export interface LedgerRow {
  /** Key of the request: 64 hex digits. */
  readonly key: string;
  /** Number of the reply to the request, from 1. */
  readonly attempt: number;
  /** Name and version of the recipe: "syneg@1". */
  readonly recipe: string;
  /** The server's name of the model. */
  readonly model: string;
  /** Id of the query; empty for recipes that read documents only. */
  readonly query_id: string;
  /** Id of the known positive. */
  readonly positive_id: string;
  /** Drawn attributes, as JSON. */
  readonly attributes: string;
  /** Requested items. */
  readonly count: number;
  /** The reply, unchanged. */
  readonly reply: string;
  /** Why the model stopped, in the server's words. */
  readonly finish_reason: string | null;
  /** Prompt tokens, as the server counts them. */
  readonly prompt_tokens: number | null;
  /** Completion tokens, as the server counts them. */
  readonly completion_tokens: number | null;
  /** Cost in the currency of the price; null without a price. */
  readonly cost: number | null;
  /** Milliseconds from sending the request to the last byte of the answer. */
  readonly latency_ms: number | null;
  /** Time of the answer in ISO 8601; null for recordings. */
  readonly answered_at: string | null;
  /** Where the reply comes from. */
  readonly origin: "request" | "batch" | "recording";
  /** The asking that it answers: from 1, and 1 more each time the option `retry` asks for the request again. */
  readonly asking: number;
}

/**
 * Sums over the ledger for one recipe and model.
 *
 * @category Generation
 */
export interface LedgerTotals {
  /** Name and version of the recipe: "syneg@1". */
  readonly recipe: string;
  /** The server's name of the model. */
  readonly model: string;
  /** Distinct requests. */
  readonly requests: number;
  /** Replies to them. */
  readonly replies: number;
  /** Prompt tokens, as the server counts them. */
  readonly prompt_tokens: number;
  /** Completion tokens, as the server counts them. */
  readonly completion_tokens: number;
  /** Cost; null if no reply had a price. */
  readonly cost: number | null;
  /** Attempts without an answer. */
  readonly failures: number;
}
