import { KitError } from "../core/errors.ts";
import type { Price } from "./endpoint.ts";
import { replySchema } from "./conduct.ts";
import type { Ledger, LedgerRow } from "./ledger.ts";
import { outcomeOf } from "./outcomes.ts";
import { ledgerColumns } from "./request.ts";
import type { ModelRecipe, ModelRequest } from "./types.ts";
import { type Answer, EndpointError, envelope, type Format, requestBody } from "./wire.ts";

/** Options of {@link batchLines}. */
export interface BatchFileOptions {
  /** @default "schema" */
  format?: Exclude<Format, "auto">;
  /** Whether OpenAI itself reads the file; it knows other names. @default false */
  openai?: boolean;
  /** Replies asked for until one is of use. @default 3 */
  tries?: number;
}

/** Requests that the ledger cannot answer yet, each once. */
export function pending(
  requests: readonly ModelRequest[],
  recipe: ModelRecipe,
  ledger: Ledger,
  tries = 3,
): ModelRequest[] {
  const open = new Map<string, ModelRequest>();
  for (const request of requests) {
    if (open.has(request.key)) continue;
    const rows = ledger.replies(request.key);
    if (rows.length < tries && outcomeOf(request, recipe, rows, true).again) open.set(request.key, request);
  }
  return [...open.values()];
}

/** Lines of a batch file as OpenAI's Batch API and vLLM's run-batch read it; `custom_id` is the ledger's key. */
export function batchLines(
  requests: readonly ModelRequest[],
  recipe: ModelRecipe,
  options: BatchFileOptions = {},
): string[] {
  const { format = "schema", openai = false } = options;
  const schema = replySchema(recipe);
  return requests.map(({ key, model, messages, sampling }) =>
    JSON.stringify({
      custom_id: key,
      method: "POST",
      url: "/v1/chat/completions",
      body: requestBody({ model, messages, sampling, schema }, format, openai),
    })
  );
}

/** What a file of replies came to. */
export interface BatchCounts {
  /** New on record. */
  stored: number;
  /** On record already, word for word. */
  known: number;
  /** Errors; to be sent again. */
  failed: number;
  /** Replies to requests that are none of this run's; they are not stored. */
  strangers: number;
}

/**
 * Takes the replies of a batch into the ledger; the order of lines does not matter, and the same file may be taken in
 * twice. A line that says an error is put on record as a failure, to be sent again.
 *
 * @throws {KitError} that names file and line of a bad line; nothing of the file is stored then.
 */
export function takeBatch(
  text: string,
  requests: readonly ModelRequest[],
  ledger: Ledger,
  { file, price }: { file: string; price?: Price },
): BatchCounts {
  const byKey = new Map(requests.map((request) => [request.key, request]));
  const counts: BatchCounts = { stored: 0, known: 0, failed: 0, strangers: 0 };
  ledger.transaction(() => {
    for (const [index, line] of text.split("\n").entries()) {
      if (line.trim() === "") continue;
      const reply = parsed(line, file, index + 1);
      const request = byKey.get(reply.custom_id);
      if (!request) {
        counts.strangers++;
        continue;
      }
      const answer = reply.answer();
      if (answer instanceof EndpointError) {
        counts.failed++;
        ledger.fail(request, answer.status, answer.message);
      } else counts[keep(request, answer)]++;
    }
  });
  return counts;

  function keep(request: ModelRequest, answer: ReturnType<typeof envelope>): "stored" | "known" {
    const there = ledger.replies(request.key);
    if (there.some(({ reply, origin }) => origin === "batch" && reply === answer.text)) return "known";
    const { prompt_tokens: prompt, completion_tokens: completion } = answer.usage;
    const cost = price && prompt !== null && completion !== null
      ? (prompt * price.prompt + completion * price.completion) / 1e6
      : null;
    const row: LedgerRow = {
      ...ledgerColumns(request),
      attempt: (there.at(-1)?.attempt ?? 0) + 1,
      reply: answer.text,
      finish_reason: answer.finish_reason,
      ...answer.usage,
      cost,
      latency_ms: null,
      answered_at: new Date().toISOString(),
      origin: "batch",
    };
    ledger.store(row);
    return "stored";
  }
}

function parsed(
  line: string,
  file: string,
  number: number,
): { custom_id: string; answer: () => Answer | EndpointError } {
  let value: {
    custom_id?: unknown;
    response?: { status_code?: number; body?: unknown } | null;
    error?: { code?: unknown; message?: unknown } | null;
  };
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new KitError(`Cannot read a batch reply: ${(cause as Error).message}`, { file, line: number });
  }
  const { custom_id, response, error } = value ?? {};
  if (typeof custom_id !== "string") {
    throw new KitError("Cannot read a batch reply: wanted a text", { file, line: number, field: "custom_id" });
  }
  return {
    custom_id,
    answer: () => {
      const status = response?.status_code ?? null;
      if (error || !response || (status !== null && status >= 400)) {
        return new EndpointError("again", status, `batch: ${error?.message ?? JSON.stringify(response?.body ?? null)}`);
      }
      try {
        return envelope(JSON.stringify(response.body ?? {}));
      } catch (failure) {
        return failure as EndpointError;
      }
    },
  };
}
