import * as z from "zod";
import { jsonLines } from "../../files/json_lines.ts";
import { type Answer, answerOf, costOf, EndpointError, type Price, saidBy } from "../client/mod.ts";
import type { Ledger } from "../ledger/mod.ts";
import { ledgerColumns, type ModelRequest } from "../model_request.ts";

/** A line of a batch's output; the server's own fields are read leniently. */
const LINE = z.object({
  custom_id: z.string(),
  response: z.unknown().optional(),
  error: z.unknown().optional(),
});

/** Maximum characters of a batch's error message. */
const LONGEST = 2000;

/**
 * What became of the lines of a batch's output.
 *
 * @category Generation
 */
export interface BatchCounts {
  /** Replies stored in the ledger. */
  stored: number;
  /** Replies that the ledger has already. */
  known: number;
  /** Errors; their requests will be sent again. */
  failed: number;
  /** Lines for requests of other runs, which are not stored. */
  unmatched: number;
}

/**
 * Options of {@link takeBatch}.
 *
 * @category Generation
 */
export interface BatchTakeOptions {
  /** Name of the file, for errors. */
  file: string;
  /** Price of tokens. Omit to leave the cost unknown. */
  price?: Price;
  /** Called for each reply that is stored. */
  onReply?: (request: ModelRequest, answer: Answer) => void;
  /** Called for each error. */
  onFailure?: (request: ModelRequest, error: Error) => void;
}

/**
 * Stores the replies of a batch's output in the ledger. The order of lines does not matter, and a file may be taken
 * twice. Errors are stored as failures, and their requests will be sent again.
 *
 * @throws {KitError} with file and line of an invalid line; then nothing of the file is stored.
 *
 * @example
 * ```ts
 * import { openLedger } from "@syneg/kit";
 * import { takeBatch } from "../mod.ts";
 * using ledger = openLedger(":memory:");
 * const line = JSON.stringify({ custom_id: "another run's", response: { status_code: 200, body: {} } });
 * console.log(takeBatch(line, [], ledger, { file: "output.jsonl" }).unmatched); // 1
 * ```
 *
 * @category Generation
 */
export function takeBatch(
  text: string,
  requests: readonly ModelRequest[],
  ledger: Ledger,
  options: BatchTakeOptions,
): BatchCounts {
  const { file, price, onReply, onFailure } = options;
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
      } else if (store(ledger, request, { answer, price })) {
        counts.stored++;
        onReply?.(request, answer);
      } else counts.known++;
    }
  });
  return counts;
}

/** Stores an answer as the next attempt at a request; returns whether it is new. */
function store(ledger: Ledger, request: ModelRequest, { answer, price }: { answer: Answer; price?: Price }): boolean {
  const known = ledger.replies(request.key);
  const reply = answer.text.toWellFormed();
  if (known.some((row) => row.origin === "batch" && row.reply === reply)) return false;
  ledger.store({
    ...ledgerColumns(request),
    attempt: (known.at(-1)?.attempt ?? 0) + 1,
    reply,
    finish_reason: answer.finishReason,
    prompt_tokens: answer.usage.promptTokens,
    completion_tokens: answer.usage.completionTokens,
    cost: costOf(answer.usage, price),
    latency_ms: null,
    answered_at: new Date().toISOString(),
    origin: "batch",
    asking: Math.max(1, ...known.map(({ asking }) => asking)),
  });
  return true;
}

function batchAnswer(
  { status_code, body }: { status_code?: unknown; body?: unknown },
  error: unknown,
): Answer | EndpointError {
  const status = Number.isInteger(status_code) ? status_code as number : null;
  if (error || body === undefined || body === null || (status !== null && status >= 400)) {
    const said = [saidBy(error), saidBy(body)];
    const words = [...new Set(said.map(({ message }) => message).filter(Boolean))].join("; ") || "no reason given";
    return new EndpointError("again", status ?? said[0].status ?? null, `batch: ${words.slice(0, LONGEST)}`);
  }
  try {
    return answerOf(JSON.stringify(body));
  } catch (failure) {
    if (failure instanceof EndpointError) return failure;
    return new EndpointError("again", status, `batch: an unreadable answer: ${(failure as Error).message}`);
  }
}
