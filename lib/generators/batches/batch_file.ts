import * as z from "zod";
import { jsonLines } from "../../files/json_lines.ts";
import {
  type Answer,
  answerOf,
  EndpointError,
  type Format,
  type Price,
  replySchema,
  requestBody,
  saidBy,
} from "../client/mod.ts";
import type { Ledger, LedgerRow } from "../ledger/mod.ts";
import { ledgerColumns } from "../model_request.ts";
import type { ModelRecipe } from "../recipe.ts";
import type { ModelRequest } from "../model_request.ts";

/** A line of a batch's output; what a server says in it is read leniently. */
const LINE = z.object({
  custom_id: z.string(),
  response: z.unknown().optional(),
  error: z.unknown().optional(),
});

/** Options of {@link batchLines}. */
export interface BatchFileOptions {
  /** @default "schema" */
  format?: Exclude<Format, "auto">;
  /** Whether OpenAI itself reads the file; it knows other names. @default false */
  openai?: boolean;
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
      body: requestBody({ model, messages, sampling, schema }, { format, openai }),
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
  unmatched: number;
}

/** Options of {@link takeBatch}. */
export interface BatchTakeOptions {
  /** The file's name, for errors. */
  file: string;
  /** Without it, cost is unknown. */
  price?: Price;
  /** Called for each reply that is new on record. */
  onReply?: (request: ModelRequest, answer: Answer) => void;
  /** Called for each error. */
  onFailure?: (request: ModelRequest, error: EndpointError) => void;
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
  { file, price, onReply, onFailure }: BatchTakeOptions,
): BatchCounts {
  const byKey = new Map(requests.map((request) => [request.key, request]));
  const counts: BatchCounts = { stored: 0, known: 0, failed: 0, unmatched: 0 };
  ledger.transaction(() => {
    for (const { custom_id, response, error } of jsonLines(text, { schema: LINE, what: "a batch reply", file })) {
      const request = byKey.get(custom_id);
      if (!request) {
        counts.unmatched++;
        continue;
      }
      const answer = batchAnswer(response ?? {}, error);
      if (answer instanceof EndpointError) {
        counts.failed++;
        ledger.fail(request, answer.status, answer.message);
        onFailure?.(request, answer);
      } else counts[keep(request, answer)]++;
    }
  });
  return counts;

  function keep(request: ModelRequest, answer: Answer): "stored" | "known" {
    const there = ledger.replies(request.key);
    const text = answer.text.toWellFormed();
    if (there.some(({ reply, origin }) => origin === "batch" && reply === text)) return "known";
    const { promptTokens: prompt, completionTokens: completion } = answer.usage;
    const cost = price && prompt !== null && completion !== null
      ? (prompt * price.prompt + completion * price.completion) / 1e6
      : null;
    const row: LedgerRow = {
      ...ledgerColumns(request),
      attempt: (there.at(-1)?.attempt ?? 0) + 1,
      reply: text,
      finish_reason: answer.finishReason,
      prompt_tokens: prompt,
      completion_tokens: completion,
      cost,
      latency_ms: null,
      answered_at: new Date().toISOString(),
      origin: "batch",
      asking: Math.max(1, ...there.map(({ asking }) => asking)),
    };
    ledger.store(row);
    onReply?.(request, answer);
    return "stored";
  }
}

function batchAnswer(
  { status_code, body }: { status_code?: unknown; body?: unknown },
  error: unknown,
): Answer | EndpointError {
  const status = Number.isInteger(status_code) ? status_code as number : null;
  if (error || body === undefined || body === null || (status !== null && status >= 400)) {
    const said = [saidBy(error), saidBy(body)];
    const words = [...new Set(said.map(({ message }) => message).filter(Boolean))].join("; ") || "no reason given";
    return new EndpointError("again", status ?? said[0].status ?? null, `batch: ${words.slice(0, 2000)}`);
  }
  try {
    return answerOf(JSON.stringify(body));
  } catch (failure) {
    if (failure instanceof EndpointError) return failure;
    return new EndpointError("again", status, `batch: an answer that cannot be read: ${(failure as Error).message}`);
  }
}
