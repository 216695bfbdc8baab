import { checkCancelled, KitError } from "../../core/errors.ts";
import { sha256 } from "../../core/hash.ts";
import { progress } from "../../core/progress.ts";
import { random } from "../../core/random.ts";
import { type BatchCounts, batchLines, type BatchTakeOptions, takeBatch } from "./batch_file.ts";
import { Claims, type Ledger } from "../ledger/mod.ts";
import { pause } from "../../core/pause.ts";
import { Endpoint, type EndpointOptions, retry } from "../client/mod.ts";
import { type AskingOptions, pending } from "../pending.ts";
import type { ModelRecipe } from "../recipe.ts";
import type { ModelRequest } from "../model_request.ts";

/** Options of {@link runBatches}. */
export interface BatchRunOptions
  extends EndpointOptions, AskingOptions, Pick<BatchTakeOptions, "onReply" | "onFailure"> {
  /** Milliseconds between two looks at a batch. @default 30000 */
  poll?: number;
  /** Requests in one batch; OpenAI takes 50,000. @default 50000 */
  batchSize?: number;
  /** Cancels. */
  signal?: AbortSignal;
  /** Show no progress. @default false */
  quiet?: boolean;
}

/** Bytes of one batch file; OpenAI takes 200 MB. */
const MOST_BYTES = 190e6;

interface BatchRow {
  label: string;
  id: string | null;
  status: string;
  keys: string;
}

/**
 * Sends what the ledger cannot answer through the Batch API: uploads files, makes batches, waits, takes the replies into
 * the ledger. Every batch is on record before it is made and is recognised by its label afterwards, so a run that was
 * cut off goes on waiting for it and never makes it twice.
 */
export async function runBatches(
  requests: readonly ModelRequest[],
  recipe: ModelRecipe,
  ledger: Ledger,
  options: BatchRunOptions = {},
): Promise<BatchCounts> {
  const { poll = 30_000, batchSize = 50_000, signal, maxReplies, retry: wished } = options;
  const asking = { maxReplies, retry: wished };
  using endpoint = new Endpoint(options);
  const { client } = endpoint;
  const jitter = random("batch");
  const counts: BatchCounts = { stored: 0, known: 0, failed: 0, unmatched: 0 };
  const ask = <T>(work: () => Promise<T>): Promise<T> =>
    retry(async () => {
      try {
        return await work();
      } catch (error) {
        throw endpoint.failure(error);
      }
    }, { random: jitter, signal });
  const sql = ledger.database;
  using claims = new Claims(ledger);
  const mine = new Set(requests.map((request) => request.key));

  for (const row of openBatches()) await finish(row);
  let left = pending(requests, recipe, ledger, asking);
  while (left.length > 0) {
    const taken = await claims.take(left.map(({ key }) => key));
    const mine = left.filter(({ key }) => taken.has(key));
    for (const part of parts(mine)) await finish(await submit(part));
    mine.forEach(({ key }) => claims.release(key));
    const others = left.filter(({ key }) => !taken.has(key));
    if (others.length === 0) break;
    // Another process is asking them: in a batch, which this one waits for too, or one by one.
    await pause(Math.min(poll, 2000), signal);
    for (const row of openBatches()) await finish(row);
    left = pending(others, recipe, ledger, asking);
  }
  return counts;

  function openBatches(): BatchRow[] {
    const text = "SELECT label, id, status, keys FROM batches WHERE status != 'done' ORDER BY created_at";
    const rows = ledger.guard("read", () => sql.prepare(text).all());
    return (rows as unknown as BatchRow[]).filter((row) =>
      (JSON.parse(row.keys) as string[]).some((key) => mine.has(key))
    );
  }

  /** Requests with their lines, so many that a file takes them. */
  function* parts(list: readonly ModelRequest[]): Generator<{ requests: ModelRequest[]; lines: string[] }> {
    const openai = endpoint.host === "api.openai.com";
    const format = options.format === undefined || options.format === "auto" ? "schema" : options.format;
    const lines = batchLines(list, recipe, { format, openai });
    let from = 0;
    for (let to = 1, bytes = 0; to <= list.length; to++) {
      bytes += lines[to - 1].length * 2;
      if (to < list.length && to - from < batchSize && bytes < MOST_BYTES) continue;
      yield { requests: list.slice(from, to), lines: lines.slice(from, to) };
      [from, bytes] = [to, 0];
    }
  }

  async function submit({ requests, lines }: { requests: ModelRequest[]; lines: string[] }): Promise<BatchRow> {
    checkCancelled(signal, "a batch before it was made");
    const keys = JSON.stringify(requests.map((request) => request.key));
    const label = sha256(`${keys} ${new Date().toISOString()}`).slice(0, 32);
    const plan = "INSERT INTO batches (label, status, keys, created_at) VALUES (?, 'planned', ?, ?)";
    ledger.guard("write", () => sql.prepare(plan).run(label, keys, new Date().toISOString()));
    const file = await ask(() =>
      client.files.create({ file: new File([lines.join("\n") + "\n"], `${label}.jsonl`), purpose: "batch" }, { signal })
    );
    // Not repeated on failure: a batch that was made although its answer was lost is found by its label.
    const made = await found(label) ?? await client.batches.create({
      input_file_id: file.id,
      endpoint: "/v1/chat/completions",
      completion_window: "24h",
      metadata: { syneg: label },
    }, { signal }).catch((error) => {
      throw endpoint.failure(error);
    });
    const update = "UPDATE batches SET id = ?, input_file = ?, status = 'made' WHERE label = ?";
    ledger.guard("write", () => sql.prepare(update).run(made.id, file.id, label));
    return { label, id: made.id, status: "made", keys };
  }

  /** The batch of a label on the server, if it was made. */
  async function found(label: string): Promise<{ id: string } | undefined> {
    return await ask(async () => {
      const seen = new Set<string>();
      for await (const batch of client.batches.list({ limit: 100 }, { signal })) {
        if (batch.metadata?.syneg === label) return batch;
        // A list whose next page is a page that was there has no end.
        if (seen.has(batch.id)) return;
        seen.add(batch.id);
      }
    });
  }

  async function finish(row: BatchRow): Promise<void> {
    const id = row.id ?? (await found(row.label))?.id;
    const keys = JSON.parse(row.keys) as string[];
    const update = "UPDATE batches SET status = 'done' WHERE label = ?";
    const done = () => ledger.guard("write", () => sql.prepare(update).run(row.label));
    if (!id) {
      // It was planned and never made, unless another process is about to; its requests are still to be sent.
      const free = await claims.take(keys);
      if (free.size === keys.length) done();
      free.forEach((key) => claims.release(key));
      return;
    }
    const total = keys.length;
    // Replies to requests that this run does not know are left for one that does.
    const whole = keys.every((key) => mine.has(key));
    const report = progress({ label: `batch ${id}`, total, unit: "replies", quiet: options.quiet });
    while (true) {
      const batch = await ask(() => client.batches.retrieve(id, { signal }));
      if (typeof batch.status !== "string") {
        throw new KitError(endpoint.redact(`Cannot wait for batch ${id}: ${endpoint.host} does not say its status`));
      }
      report.update(batch.request_counts?.completed ?? 0, batch.status);
      if (["completed", "failed", "expired", "cancelled"].includes(batch.status)) {
        for (const file of [batch.output_file_id, batch.error_file_id]) if (file) await take(file);
        if (whole || batch.status === "failed") done();
        report.finish(batch.status);
        if (batch.status === "failed") {
          const why = batch.errors?.data?.[0]?.message ?? "no reason given";
          throw new KitError(endpoint.redact(`Cannot go on: batch ${id} failed: ${why}`));
        }
        return;
      }
      await pause(poll, signal);
    }
  }

  async function take(file: string): Promise<void> {
    const text = await ask(async () => await (await client.files.content(file, { signal })).text());
    const taken = takeBatch(endpoint.redact(text), requests, ledger, {
      file,
      price: options.price,
      onReply: options.onReply,
      onFailure: options.onFailure,
    });
    for (const name of Object.keys(counts) as (keyof BatchCounts)[]) counts[name] += taken[name];
  }
}
