import { KitError } from "../../core/errors.ts";
import type { Usage } from "./usage.ts";

/** What is known of a request that failed, beside its status and message. */
export interface FailureDetails {
  /** Milliseconds the server asks to wait. */
  retryAfter?: number;
  /** Set if the server wrote, and may charge, an answer that is of no use: what it counted, as far as it says. */
  paid?: Usage;
  /** The server refuses the format of the request; this one is next. */
  next?: "json" | "text";
}

/**
 * Why a request was not answered.
 *
 * - `again`: a later attempt may succeed: 429, 5xx, a reset, a time-out, JSON the model got wrong.
 * - `rejected`: the server does not take this request.
 * - `fatal`: it takes none: wrong key, no such model, no funds.
 * - `foreign`: somebody else answered, such as a proxy with a page. Before a first good answer the address is wrong;
 *   after one, the proxy has a bad moment.
 *
 * The message never holds the key.
 */
export class EndpointError extends KitError {
  readonly fate: "again" | "rejected" | "fatal" | "foreign";
  /** As the server says it, within a 200 too; null where there was no answer. */
  readonly status: number | null;
  readonly details: FailureDetails;

  constructor(fate: EndpointError["fate"], status: number | null, message: string, details: FailureDetails = {}) {
    super(message);
    this.fate = fate;
    this.status = status;
    this.details = details;
  }
}
