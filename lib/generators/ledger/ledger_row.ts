/** One answered attempt at a request, as stored before anything in it is parsed. */
export interface LedgerRow {
  /** The request, as the ledger knows it: 64 hex digits. */
  readonly key: string;
  /** From 1; a refused or malformed reply may be followed by another attempt. */
  readonly attempt: number;
  /** Name and version: "syneg@1". */
  readonly recipe: string;
  /** The server's name of the model. */
  readonly model: string;
  /** Query; empty for recipes that read documents only. */
  readonly query_id: string;
  /** Its known positive. */
  readonly positive_id: string;
  /** JSON. */
  readonly attributes: string;
  /** Items asked for. */
  readonly count: number;
  /** The model's words, untouched. */
  readonly reply: string;
  /** Why the model stopped, as the server says it. */
  readonly finish_reason: string | null;
  /** Tokens read, as the server counts them. */
  readonly prompt_tokens: number | null;
  /** Tokens written, as the server counts them. */
  readonly completion_tokens: number | null;
  /** In the currency of the price given; null when none was. */
  readonly cost: number | null;
  /** Milliseconds from sending to the last byte. */
  readonly latency_ms: number | null;
  /** ISO 8601; null for recordings. */
  readonly answered_at: string | null;
  /** How it came: a request, a batch, a recording. */
  readonly origin: "request" | "batch" | "recording";
  /** Which asking of the request it answers: from 1, one more each time the request was asked again on wish (`retry`). */
  readonly asking: number;
}

/** Sums over the ledger, by recipe and model. */
export interface LedgerTotals {
  /** Name and version: "syneg@1". */
  readonly recipe: string;
  /** The server's name of the model. */
  readonly model: string;
  /** Different requests. */
  readonly requests: number;
  /** Replies to them. */
  readonly replies: number;
  /** Tokens read, as the server counts them. */
  readonly prompt_tokens: number;
  /** Tokens written, as the server counts them. */
  readonly completion_tokens: number;
  /** Null when no reply had a price. */
  readonly cost: number | null;
  /** Attempts without an answer. */
  readonly failures: number;
}
