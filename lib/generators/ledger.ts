import { dirname, join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { KitError } from "../core/errors.ts";

/** Where replies are kept unless another place is named: beside the runs, whatever the working directory is. */
export const DEFAULT_LEDGER: string = import.meta.dirname
  ? join(import.meta.dirname, "..", "..", "data", "runs", "ledger.sqlite")
  : join("data", "runs", "ledger.sqlite");

/** One answered attempt at a request, as stored before anything in it is parsed. */
export interface LedgerRow {
  /** The request, as the ledger knows it: 64 hex digits. */
  readonly key: string;
  /** From 1; a refused or malformed reply may be followed by another attempt. */
  readonly attempt: number;
  /** Name and version: "syneg@1". */
  readonly recipe: string;
  /** The server's name of the model. */
  readonly model: string;
  /** Query; empty for recipes that read documents only. */
  readonly query_id: string;
  /** Its known positive. */
  readonly positive_id: string;
  /** JSON. */
  readonly attributes: string;
  /** Items asked for. */
  readonly count: number;
  /** The model's words, untouched. */
  readonly reply: string;
  /** Why the model stopped, as the server says it. */
  readonly finish_reason: string | null;
  /** Tokens read, as the server counts them. */
  readonly prompt_tokens: number | null;
  /** Tokens written, as the server counts them. */
  readonly completion_tokens: number | null;
  /** In the currency of the price given; null when none was. */
  readonly cost: number | null;
  /** Milliseconds from sending to the last byte. */
  readonly latency_ms: number | null;
  /** ISO 8601; null for recordings. */
  readonly answered_at: string | null;
  /** How it came: a request, a batch, a recording. */
  readonly origin: "request" | "batch" | "recording";
}

/** Sums over the ledger, by recipe and model. */
export interface LedgerTotals {
  /** Name and version: "syneg@1". */
  readonly recipe: string;
  /** The server's name of the model. */
  readonly model: string;
  /** Different requests. */
  readonly requests: number;
  /** Replies to them. */
  readonly replies: number;
  /** Tokens read, as the server counts them. */
  readonly prompt_tokens: number;
  /** Tokens written, as the server counts them. */
  readonly completion_tokens: number;
  /** Null when no reply had a price. */
  readonly cost: number | null;
  /** Attempts without an answer. */
  readonly failures: number;
}

const COLUMNS = [
  "key",
  "attempt",
  "recipe",
  "model",
  "query_id",
  "positive_id",
  "attributes",
  "count",
  "reply",
  "finish_reason",
  "prompt_tokens",
  "completion_tokens",
  "cost",
  "latency_ms",
  "answered_at",
  "origin",
] as const satisfies readonly (keyof LedgerRow)[];

const FORMAT = 1;
const TABLES = `
CREATE TABLE IF NOT EXISTS replies (
  key TEXT NOT NULL, attempt INTEGER NOT NULL, recipe TEXT NOT NULL, model TEXT NOT NULL, query_id TEXT NOT NULL,
  positive_id TEXT NOT NULL, attributes TEXT NOT NULL, count INTEGER NOT NULL, reply TEXT NOT NULL, finish_reason TEXT,
  prompt_tokens INTEGER, completion_tokens INTEGER, cost REAL, latency_ms REAL, answered_at TEXT, origin TEXT NOT NULL,
  PRIMARY KEY (key, attempt));
CREATE TABLE IF NOT EXISTS failures (
  key TEXT NOT NULL, recipe TEXT NOT NULL, model TEXT NOT NULL, status INTEGER, message TEXT NOT NULL,
  failed_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS batches (
  label TEXT PRIMARY KEY, id TEXT, input_file TEXT, status TEXT NOT NULL, keys TEXT NOT NULL, created_at TEXT NOT NULL);
`;

/**
 * Every reply of a language model, kept for good: an SQLite file (WAL, synchronous to the disk). A row is written before
 * its reply is parsed, so that neither a crash nor a faulty reader loses what was paid for.
 */
export class Ledger implements Disposable {
  /** Its file. */
  readonly path: string;
  /** The SQLite database behind it. */
  readonly database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #fail: StatementSync;
  readonly #waiting: Waiting[] = [];
  #within = false;
  #timer?: ReturnType<typeof setTimeout>;

  constructor(path: string) {
    this.path = path;
    try {
      if (path !== ":memory:") Deno.mkdirSync(dirname(path), { recursive: true });
      this.database = new DatabaseSync(path);
      this.database.exec("PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
      const { user_version: format } = this.database.prepare("PRAGMA user_version").get() as { user_version: number };
      if (format > FORMAT) throw new Error(`it has format ${format}, this kit knows up to ${FORMAT}`);
      this.database.exec(`${TABLES} PRAGMA user_version = ${FORMAT};`);
    } catch (cause) {
      throw new KitError(`Cannot open the ledger: ${(cause as Error).message}`, { file: path }, { cause });
    }
    const names = COLUMNS.join(", ");
    this.#select = this.database.prepare(`SELECT ${names} FROM replies WHERE key = ? ORDER BY attempt`);
    this.#insert = this.database.prepare(
      `INSERT INTO replies (${names}) VALUES (${COLUMNS.map((name) => `:${name}`).join(", ")})`,
    );
    this.#fail = this.database.prepare("INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?)");
  }

  /** The replies to a request, first attempt first. */
  replies(key: string): LedgerRow[] {
    this.flush();
    return (this.#select.all(key) as Stored[]).map(restored);
  }

  /** Stores a reply; it is on disk when this returns. @throws if the attempt is there already. */
  store(row: LedgerRow): void {
    // SQLite's texts end at a NUL; a reply that holds one goes in as bytes.
    const reply = row.reply.includes("\0") ? new TextEncoder().encode(row.reply) : row.reply;
    this.#insert.run(Object.fromEntries(COLUMNS.map((name) => [name, name === "reply" ? reply : row[name]])));
  }

  /**
   * Stores a reply as the next attempt at its request; it is on disk when the promise is kept. Replies that arrive
   * together share one write to the disk, so a slow disk does not slow a fast server down.
   */
  append(row: Omit<LedgerRow, "attempt">): Promise<LedgerRow> {
    return new Promise((resolve, reject) => {
      let whole: LedgerRow;
      this.#soon({
        write: () => {
          whole = { ...row, attempt: (this.#select.all(row.key).at(-1)?.attempt as number ?? 0) + 1 };
          this.store(whole);
        },
        done: () => resolve(whole),
        failed: reject,
      });
    });
  }

  #soon(waiting: Waiting): void {
    if (this.#within) {
      waiting.write();
      waiting.done?.();
      return;
    }
    this.#waiting.push(waiting);
    this.#timer ??= setTimeout(() => this.flush(), 0);
  }

  /** Writes what waits to be written. */
  flush(): void {
    if (this.#within) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) return;
    try {
      this.#commit(() => waiting.forEach(({ write }) => write()));
    } catch (cause) {
      const failure = new KitError(`Cannot write the ledger: ${(cause as Error).message}`, { file: this.path }, {
        cause,
      });
      waiting.forEach(({ failed }) => failed?.(failure));
      return;
    }
    waiting.forEach(({ done }) => done?.());
  }

  /**
   * Stores a reply unless the attempt is on record.
   *
   * @returns "stored", "known" (the same reply is there) or "differs" (another is there, and stays)
   */
  offer(row: LedgerRow): "stored" | "known" | "differs" {
    const there = this.replies(row.key).find(({ attempt }) => attempt === row.attempt);
    if (there) return there.reply === row.reply ? "known" : "differs";
    this.store(row);
    return "stored";
  }

  /** Puts a failed attempt on record soon: 429, 500, a reset. */
  fail({ key, recipe, model }: { key: string; recipe: string; model: string }, status: number | null, message: string) {
    const at = new Date().toISOString();
    this.#soon({ write: () => this.#fail.run(key, recipe, model, status, message.replaceAll("\0", "\ufffd"), at) });
  }

  /** All replies in the order of keys and attempts, one after the other. */
  *rows(): Generator<LedgerRow> {
    this.flush();
    const statement = this.database.prepare(`SELECT ${COLUMNS.join(", ")} FROM replies ORDER BY key, attempt`);
    for (const row of statement.iterate()) yield restored(row as Stored);
  }

  /** Failed attempts by status (null: no answer), most frequent first. */
  failures(): { status: number | null; message: string; count: number }[] {
    this.flush();
    return this.database.prepare(
      "SELECT status, min(message) AS message, count(*) AS count FROM failures GROUP BY status ORDER BY count DESC, status",
    ).all() as { status: number | null; message: string; count: number }[];
  }

  /** Requests, tokens and cost by recipe and model. */
  totals(): LedgerTotals[] {
    this.flush();
    return this.database.prepare(`
      SELECT recipe, model, sum(requests) AS requests, sum(replies) AS replies, sum(prompt) AS prompt_tokens,
        sum(completion) AS completion_tokens, sum(cost) AS cost, sum(failures) AS failures
      FROM (
        SELECT recipe, model, count(DISTINCT key) AS requests, count(*) AS replies, total(prompt_tokens) AS prompt,
          total(completion_tokens) AS completion, sum(cost) AS cost, 0 AS failures FROM replies GROUP BY recipe, model
        UNION ALL SELECT recipe, model, 0, 0, 0, 0, NULL, count(*) FROM failures GROUP BY recipe, model)
      GROUP BY recipe, model ORDER BY recipe, model`).all() as unknown as LedgerTotals[];
  }

  /** Runs `work` in one transaction: all of its rows or none. */
  transaction<T>(work: () => T): T {
    this.flush();
    return this.#commit(work);
  }

  #commit<T>(work: () => T): T {
    this.database.exec("BEGIN IMMEDIATE");
    this.#within = true;
    try {
      const result = work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      this.database.exec("ROLLBACK");
      throw error;
    } finally {
      this.#within = false;
    }
  }

  /** Writes what is due and closes the file. */
  close(): void {
    if (!this.database.isOpen) return;
    this.flush();
    this.database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A write that is due. */
interface Waiting {
  readonly write: () => void;
  readonly done?: () => void;
  readonly failed?: (error: unknown) => void;
}

type Stored = Record<string, unknown>;

function restored(row: Stored): LedgerRow {
  const reply = row.reply instanceof Uint8Array ? new TextDecoder().decode(row.reply) : row.reply;
  return { ...row, reply } as unknown as LedgerRow;
}

/** Opens the ledger at `path`, or makes it; ":memory:" for one that is not kept. */
export function openLedger(path: string): Ledger {
  return new Ledger(path);
}
