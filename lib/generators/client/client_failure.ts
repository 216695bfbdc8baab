import { APIConnectionError, APIError, APIUserAbortError } from "openai";
import { LimitError } from "../../core/bounded_fetch.ts";
import { CancelledError } from "../../core/errors.ts";
import { EndpointError, type FailureDetails } from "./endpoint_error.ts";
import { serverError } from "./server_error.ts";
import type { Usage } from "./usage.ts";

/** Usage of an answer without counted tokens. */
const UNCOUNTED: Usage = { promptTokens: null, completionTokens: null };

/** What {@link clientFailure} needs to know of the server. */
export interface FailureContext {
  /** Host and port, for the message. */
  readonly host: string;
  /** Removes the key from a text. */
  readonly redact: (text: string) => string;
}

/** What an error of the HTTP client means for a request. The client's own error, which holds headers, is not kept. */
export function clientFailure(error: unknown, { host, redact }: FailureContext): Error {
  const failure = (
    fate: EndpointError["fate"],
    text: string,
    more: { status?: number | null } & FailureDetails = {},
  ) => {
    const { status = null, ...details } = more;
    return new EndpointError(fate, status, redact(text.startsWith(host) ? text : `${host}: ${text}`), details);
  };
  const root = rootOf(error);
  if (root instanceof LimitError) {
    return failure(root.limit === "timeout" ? "again" : "rejected", root.message, { paid: UNCOUNTED });
  }
  if (root instanceof EndpointError) return failure(root.fate, root.message, { status: root.status, ...root.details });
  if (root instanceof CancelledError || error instanceof APIUserAbortError) {
    return new CancelledError("Cancelled a request");
  }
  if (error instanceof APIConnectionError) return failure("again", `no answer: ${messageOf(root)}`);
  // An error among the chunks of a stream.
  if (error instanceof APIError) {
    const { fate, status, message, details } = serverError(200, JSON.stringify(error.error ?? error.message));
    return failure(fate, message, { status, ...details });
  }
  // A reset or a broken body while the answer is read.
  return failure("again", `the answer broke off: ${messageOf(root)}`, { paid: UNCOUNTED });
}

/** The last error in the chain of causes. */
function rootOf(error: unknown): unknown {
  const cause = error instanceof EndpointError || error instanceof LimitError ? undefined : (error as Error)?.cause;
  return cause instanceof Error ? rootOf(cause) : error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
