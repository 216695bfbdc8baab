import { KitError } from "../core/errors.ts";

/**
 * The hub refused a request, or the request failed.
 *
 * @category Core
 */
export class HubError extends KitError {
  /** Name of the class. */
  override readonly name = "HubError";
  /** HTTP status, or 0 if there was no answer. */
  readonly status: number;
  /** Whether the repository or file does not exist, at least for this token. */
  readonly missing: boolean;

  /** An error with the status of the hub's answer. */
  constructor(message: string, status: number, missing: boolean, options?: ErrorOptions) {
    super(message, {}, options);
    this.status = status;
    this.missing = missing;
  }
}

/** The error for an answer that refuses a request; `token` says whether one was sent. */
export function refusal(response: Response, what: string, token: boolean): HubError {
  const { status } = response;
  const said = response.headers.get("x-error-message");
  const missing = status === 404 || response.headers.get("x-error-code") === "RepoNotFound";
  const advice: Record<number, string> = {
    401: token
      ? "HF_TOKEN is not accepted, or there is no such repository"
      : "there is no such repository, or HF_TOKEN must be set",
    403: "this token may not read it; accept its conditions on the hub's page first",
    404: "there is no such repository, revision or file",
    429: "too many requests; try again later",
  };
  const why = advice[status] ?? (status >= 500 ? "the hub fails; try again later" : "the hub refuses");
  return new HubError(`Cannot fetch ${what}: status ${status}, ${why}${said ? ` (${said})` : ""}`, status, missing);
}
