import { KitError } from "../../core/errors.ts";
import type { Usage } from "./usage.ts";

/** What is known of a failed request besides status and message. */
export interface FailureDetails {
  /** Milliseconds that the server asks to wait. */
  retryAfter?: number;
  /** Set if the server wrote, and may charge for, a useless answer: the tokens it counted. */
  paid?: Usage;
  /** Set if the server refuses the format of the request: the format to try next. */
  next?: "json" | "text";
}

/**
 * Why a request was not answered.
 *
 * - `again`: another attempt may succeed: 429, 5xx, a reset, a timeout, JSON that the model got wrong.
 * - `rejected`: the server does not accept this request.
 * - `fatal`: it accepts no request: wrong key, no such model, no funds.
 * - `foreign`: another server answered, such as a proxy with a web page. Before the first good answer the address is
 *   wrong; after it, the failure may pass.
 *
 * The message never contains the key.
 */
export class EndpointError extends KitError {
  readonly fate: "again" | "rejected" | "fatal" | "foreign";
  /** The status, also of an error within a 200; null without an answer. */
  readonly status: number | null;
  readonly details: FailureDetails;

  constructor(fate: EndpointError["fate"], status: number | null, message: string, details: FailureDetails = {}) {
    super(message);
    this.fate = fate;
    this.status = status;
    this.details = details;
  }
}
