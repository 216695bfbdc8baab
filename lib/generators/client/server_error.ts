import { EndpointError } from "./endpoint_error.ts";
import { retryAfter } from "./retry_after.ts";

/** What the body of an error says. */
interface Said {
  /** The message; may be empty. */
  readonly message: string;
  /** Codes and types, such as "insufficient_quota". */
  readonly codes: readonly string[];
  /** Status within the body, for errors wrapped in a 200. */
  readonly status?: number;
}

/** Fields that hold the message of an error, the most specific first. */
const WORDS = ["message", "error", "detail", "details", "msg", "error_message", "title", "reason", "errors"] as const;
const CODES = ["code", "type", "status", "error_type", "error_code"] as const;
/** Maximum characters of a message. */
const LONGEST = 2000;

const NO_FUNDS =
  /insufficient[_ ](quota|balance|funds|credits?)|credit balance is too low|billing[_ ](hard[_ ]limit|not[_ ]active)|payment[_ ]required|(out of|no|not enough) (more )?credits/i;
const QUOTA = /exceeded[_ ](your[_ ])?current[_ ]quota/i;
const BAD_GENERATION =
  /failed_generation|json_validate_failed|tool_use_failed|output_parse_failed|fail(ed)? to (generate|validate) json|model (generated|produced|returned) (an? )?(invalid|malformed)/i;
const TOO_LARGE = /request too large|must be reduced|context[_ ]length[_ ]exceeded/i;
const MODERATED = /moderation|flagged|content[_ ](policy|filter)|safety/i;

/**
 * What an error response means, from any server: OpenAI, Gemini's list of errors, vLLM, FastAPI's `detail`, Ollama's
 * plain text, a gateway's error within a 200, a proxy's page.
 *
 * @param status Status of the response.
 * @param raw Body of the response.
 */
export function serverError(status: number, raw: string, headers?: Headers): EndpointError {
  const body = parsed(raw);
  const said = saidBy(body ?? raw);
  const effective = status < 400 && said.status !== undefined ? said.status : status;
  const wait = retryAfter(headers, body ?? raw, { limited: effective === 429 });
  const fate = fateOf(effective, {
    json: body !== undefined,
    text: `${said.codes.join(" ")} ${raw}`,
    codes: said.codes,
    wait,
  });
  const where = effective === status ? "" : ` in a response of status ${status}`;
  const message = `${effective}${where} ${said.message || "(no message)"}`;
  // A generation that fails the server's own check has been written, and is charged.
  const paid = BAD_GENERATION.test(raw) ? { promptTokens: null, completionTokens: null } : undefined;
  return new EndpointError(fate, effective, message.slice(0, LONGEST), {
    ...(fate === "again" ? { retryAfter: wait } : {}),
    ...(paid ? { paid } : {}),
  });
}

function fateOf(
  status: number,
  { json, text, codes, wait }: { json: boolean; text: string; codes: readonly string[]; wait?: number },
): EndpointError["fate"] {
  if (status === 402 || codes.includes("insufficient_quota")) return "fatal";
  if (NO_FUNDS.test(text) || (QUOTA.test(text) && wait === undefined)) return "fatal";
  if (BAD_GENERATION.test(text)) return "again";
  if (TOO_LARGE.test(text) && status < 500) return "rejected";
  if (status === 403 && json && MODERATED.test(text)) return "rejected";
  if ([401, 403, 404, 405, 407, 410].includes(status)) return json ? "fatal" : "foreign";
  if ([408, 409, 420, 425, 429, 498, 499].includes(status) || status >= 500) return "again";
  // An error in a 200 without a status of its own.
  return status < 400 ? "again" : "rejected";
}

/** Message, codes and status of an error, wherever servers put them. */
export function saidBy(value: unknown): Said {
  const codes: string[] = [];
  let status: number | undefined;
  const seen = (candidate: unknown): void => {
    const number = typeof candidate === "string" ? Number(candidate) : candidate;
    if (Number.isInteger(number) && (number as number) >= 400 && (number as number) < 600) status ??= number as number;
    else if (typeof candidate === "string" && candidate !== "") codes.push(candidate);
  };
  const words = (part: unknown, depth: number): string => {
    if (typeof part === "string") return plain(part);
    if (part === null || typeof part !== "object" || depth > 6) return "";
    if (Array.isArray(part)) return part.map((one) => words(one, depth + 1)).filter(Boolean).slice(0, 5).join("; ");
    const fields = part as Record<string, unknown>;
    for (const name of [...CODES, "statusCode", "status_code"]) seen(fields[name]);
    const said = WORDS.map((name) => words(fields[name], depth + 1)).find(Boolean) ?? "";
    // A gateway repeats the message of the upstream server.
    const upstream = words((fields.metadata as { raw?: unknown } | undefined)?.raw, depth + 1);
    return upstream && !said.includes(upstream) ? [said, upstream].filter(Boolean).join(": ") : said;
  };
  const message = words(value, 0);
  return { message: message || codes.join(" "), codes, status };
}

/** A text on one line, a page without tags. */
function plain(text: string): string {
  const page = /<(html|!doctype|body|head)\b/i.test(text);
  const bare = page ? text.replace(/<(style|script)\b[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " ") : text;
  const line = bare.replace(/\s+/g, " ").trim();
  return page ? `a page: ${line.length > 200 ? `${line.slice(0, 200)}…` : line}` : line;
}

function parsed(raw: string): unknown {
  try {
    const value = JSON.parse(raw);
    return value !== null && typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}
