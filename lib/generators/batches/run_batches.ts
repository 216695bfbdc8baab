import { checkCancelled, KitError } from "../../core/errors.ts";
import { pause } from "../../core/pause.ts";
import { progress } from "../../core/progress.ts";
import { random } from "../../core/random.ts";
import { Endpoint, type EndpointOptions, retry } from "../client/mod.ts";
import { Claims, type Ledger } from "../ledger/mod.ts";
import type { ModelRequest } from "../model_request.ts";
import { type AskingOptions, pending } from "../pending.ts";
import type { ModelRecipe } from "../recipe.ts";
import { batchLines } from "./batch_lines.ts";
import { type BatchRecord, BatchRecords } from "./batch_records.ts";
import { type BatchCounts, type BatchTakeOptions, takeBatch } from "./take_batch.ts";

/**
 * Options of {@link runBatches}.
 *
 * @category Generation
 */
export interface BatchRunOptions
  extends EndpointOptions, AskingOptions, Pick<BatchTakeOptions, "onReply" | "onFailure"> {
  /**
   * Milliseconds between two queries of a batch's status.
   *
   * @default {30000}
   */
  poll?: number;
  /**
   * Requests per batch; OpenAI accepts 50,000.
   *
   * @default {50000}
   */
  batchSize?: number;
  /** Cancels the run. */
  signal?: AbortSignal;
  /**
   * Whether to show no progress.
   *
   * @default {false}
   */
  quiet?: boolean;
}

/** Maximum bytes of a batch file; OpenAI accepts 200 MB. */
const MOST_BYTES = 190e6;
/** Maximum milliseconds until questions that another run holds are tried again. */
const LOOK_AGAIN = 2000;
const ENDED = ["completed", "failed", "expired", "cancelled"];

/**
 * Sends the requests that the ledger cannot answer through the Batch API: uploads files, creates batches, waits, and
 * stores the replies. Every batch is recorded before it is created and recognized by its label afterwards, so an
 * interrupted run waits for its batches and never creates one twice.
 *
 * @throws {KitError} if a batch fails, or its status is unknown. Replies up to then are in the ledger.
 *
 * @example
 * ```ts
 * import { type ModelRecipe, runBatches } from "../mod.ts";
 * import { openLedger, recipeOf } from "@syneg/kit";
 * using ledger = openLedger(":memory:");
 * const options = { baseURL: "http://127.0.0.1:8000/v1" };
 * console.log((await runBatches([], recipeOf("syneg") as ModelRecipe, ledger, options)).stored); // 0
 * ```
 *
 * @category Generation
 */
export async function runBatches(
  requests: readonly ModelRequest[],
  recipe: ModelRecipe,
  ledger: Ledger,
  options: BatchRunOptions = {},
): Promise<BatchCounts> {
  using endpoint = new Endpoint(options);
  using claims = new Claims(ledger);
  return await new BatchRun({ requests, recipe, ledger, options, endpoint, claims }).counts();
}

interface BatchRunParts {
  readonly requests: readonly ModelRequest[];
  readonly recipe: ModelRecipe;
  readonly ledger: Ledger;
  readonly options: BatchRunOptions;
  readonly endpoint: Endpoint;
  readonly claims: Claims;
}

/** Requests of one batch, with their lines. */
interface Part {
  readonly requests: readonly ModelRequest[];
  readonly lines: readonly string[];
}

/** One run through the Batch API. */
class BatchRun {
  readonly #run: BatchRunParts;
  readonly #records: BatchRecords;
  readonly #jitter = random("batch");
  /** Keys of this run's requests. */
  readonly #keys: ReadonlySet<string>;
  readonly #counts: BatchCounts = { stored: 0, known: 0, failed: 0, unmatched: 0 };

  constructor(run: BatchRunParts) {
    this.#run = run;
    this.#records = new BatchRecords(run.ledger);
    this.#keys = new Set(run.requests.map(({ key }) => key));
  }

  /** Carries the run out, and returns what became of the replies. */
  async counts(): Promise<BatchCounts> {
    const { requests, recipe, ledger, claims, options: { maxReplies, retry, poll = 30_000, signal } } = this.#run;
    await this.#finishOpen();
    let left = pending(requests, recipe, ledger, { maxReplies, retry });
    while (left.length > 0) {
      const taken = await claims.take(left.map(({ key }) => key));
      const mine = left.filter(({ key }) => taken.has(key));
      for (const part of this.#parts(mine)) await this.#finish(await this.#submit(part));
      mine.forEach(({ key }) => claims.release(key));
      const others = left.filter(({ key }) => !taken.has(key));
      if (others.length === 0) break;
      // Another process asks them: in a batch, which this run waits for too, or one by one.
      await pause(Math.min(poll, LOOK_AGAIN), signal);
      await this.#finishOpen();
      left = pending(others, recipe, ledger, { maxReplies, retry });
    }
    return this.#counts;
  }

  async #finishOpen(): Promise<void> {
    for (const record of this.#records.open(this.#keys)) await this.#finish(record);
  }

  /** Splits requests into batches by number and bytes. */
  *#parts(requests: readonly ModelRequest[]): Generator<Part> {
    const { recipe, endpoint: { openai }, options: { format: given, batchSize = 50_000 } } = this.#run;
    const format = given === undefined || given === "auto" ? "schema" : given;
    const lines = batchLines(requests, recipe, { format, openai });
    let from = 0;
    for (let to = 1, bytes = 0; to <= requests.length; to++) {
      bytes += lines[to - 1].length * 2;
      if (to < requests.length && to - from < batchSize && bytes < MOST_BYTES) continue;
      yield { requests: requests.slice(from, to), lines: lines.slice(from, to) };
      [from, bytes] = [to, 0];
    }
  }

  /** Creates a batch. */
  async #submit({ requests, lines }: Part): Promise<BatchRecord> {
    const { endpoint, options: { signal } } = this.#run;
    checkCancelled(signal, "a batch before it was created");
    const keys = requests.map(({ key }) => key);
    const label = this.#records.plan(keys);
    const content = new File([lines.join("\n") + "\n"], `${label}.jsonl`);
    const file = await this.#ask(() => endpoint.client.files.create({ file: content, purpose: "batch" }, { signal }));
    // Not repeated on failure: a batch whose answer was lost is found by its label.
    const made = await this.#found(label) ?? await endpoint.client.batches.create({
      input_file_id: file.id,
      endpoint: "/v1/chat/completions",
      completion_window: "24h",
      metadata: { syneg: label },
    }, { signal }).catch((error) => {
      throw endpoint.failure(error);
    });
    this.#records.created(label, made.id, file.id);
    return { label, id: made.id, keys };
  }

  /** The batch of a label on the server, if it has been created. */
  async #found(label: string): Promise<{ id: string } | undefined> {
    const { endpoint, options: { signal } } = this.#run;
    return await this.#ask(async () => {
      const seen = new Set<string>();
      for await (const batch of endpoint.client.batches.list({ limit: 100 }, { signal })) {
        if (batch.metadata?.syneg === label) return batch;
        // A list that returns to an earlier page has no end.
        if (seen.has(batch.id)) return;
        seen.add(batch.id);
      }
    });
  }

  /** Waits for a batch, and stores its replies. */
  async #finish({ label, id: known, keys }: BatchRecord): Promise<void> {
    const { claims, endpoint, options: { poll = 30_000, signal, quiet } } = this.#run;
    const id = known ?? (await this.#found(label))?.id;
    if (!id) {
      // Planned and never created, unless another process is about to: its requests are still to be sent.
      const free = await claims.take(keys);
      if (free.size === keys.length) this.#records.done(label);
      free.forEach((key) => claims.release(key));
      return;
    }
    const report = progress({ label: `batch ${id}`, total: keys.length, unit: "replies", quiet });
    while (true) {
      const batch = await this.#ask(() => endpoint.client.batches.retrieve(id, { signal }));
      if (typeof batch.status !== "string") {
        throw new KitError(endpoint.redact(`Cannot wait for batch ${id}: ${endpoint.host} does not report its status`));
      }
      report.update(batch.request_counts?.completed ?? 0, batch.status);
      if (ENDED.includes(batch.status)) {
        for (const file of [batch.output_file_id, batch.error_file_id]) if (file) await this.#take(file);
        // Replies to requests of another run are left for that run.
        if (batch.status === "failed" || keys.every((key) => this.#keys.has(key))) this.#records.done(label);
        report.finish(batch.status);
        if (batch.status !== "failed") return;
        const why = batch.errors?.data?.[0]?.message ?? "no reason given";
        throw new KitError(endpoint.redact(`Batch ${id} failed: ${why}`));
      }
      await pause(poll, signal);
    }
  }

  /** Stores the replies of an output file. */
  async #take(file: string): Promise<void> {
    const { requests, ledger, endpoint, options: { price, onReply, onFailure, signal } } = this.#run;
    const text = await this.#ask(async () => await (await endpoint.client.files.content(file, { signal })).text());
    const taken = takeBatch(endpoint.redact(text), requests, ledger, { file, price, onReply, onFailure });
    for (const name of Object.keys(this.#counts) as (keyof BatchCounts)[]) this.#counts[name] += taken[name];
  }

  /** The answer of the server, after as many retries as it takes. */
  #ask<T>(work: () => Promise<T>): Promise<T> {
    const { endpoint, options: { signal } } = this.#run;
    return retry(async () => {
      try {
        return await work();
      } catch (error) {
        throw endpoint.failure(error);
      }
    }, { random: this.#jitter, signal });
  }
}
