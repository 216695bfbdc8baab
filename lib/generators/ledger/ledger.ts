import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { KitError } from "../../core/errors.ts";
import { checkLedgerPath, guarded, isBusy, ledgerError } from "./ledger_errors.ts";
import type { LedgerRow, LedgerTotals } from "./ledger_row.ts";
import { COLUMNS, prepareLedger } from "./ledger_schema.ts";
import { restored, storable, type StoredRow } from "./stored_row.ts";
import { type LedgerWrite, WriteQueue } from "./write_queue.ts";

const NAMES = COLUMNS.join(", ");
const TOTALS = `
  SELECT recipe, model, sum(requests) AS requests, sum(replies) AS replies, sum(prompt) AS prompt_tokens,
    sum(completion) AS completion_tokens, sum(cost) AS cost, sum(failures) AS failures
  FROM (
    SELECT recipe, model, count(DISTINCT key) AS requests, count(*) AS replies, total(prompt_tokens) AS prompt,
      total(completion_tokens) AS completion, sum(cost) AS cost, 0 AS failures FROM replies GROUP BY recipe, model
    UNION ALL SELECT recipe, model, 0, 0, 0, 0, NULL, count(*) FROM failures GROUP BY recipe, model)
  GROUP BY recipe, model ORDER BY recipe, model`;

/**
 * Keeps every reply of a language model in an SQLite file (WAL, synchronous). A row is on disk before its reply is
 * parsed, so neither a crash nor a faulty reader loses what was paid for.
 *
 * @example
 * ```ts
 * import { openLedger } from "@syneg/kit";
 * using ledger = openLedger(":memory:");
 * console.log(ledger.totals()); // []
 * ```
 *
 * @category Generation
 */
export class Ledger implements Disposable {
  /** Path of the file. */
  readonly path: string;
  /** The SQLite database. */
  readonly database: DatabaseSync;
  readonly #select: StatementSync;
  readonly #insert: StatementSync;
  readonly #fail: StatementSync;
  readonly #queue: WriteQueue;

  /**
   * Opens the ledger at `path`, or creates it.
   *
   * @throws {KitError} if the file cannot be opened or created, or is not a ledger of a known version.
   */
  constructor(path: string) {
    this.path = path;
    checkLedgerPath(path);
    let database: DatabaseSync | undefined;
    try {
      if (path !== ":memory:") Deno.mkdirSync(dirname(path), { recursive: true });
      database = new DatabaseSync(path);
      database.exec("PRAGMA busy_timeout = 10000");
      database.exec("PRAGMA synchronous = FULL");
      prepareLedger(database);
      writeAhead(database);
      this.#select = database.prepare(`SELECT ${NAMES} FROM replies WHERE key = ? ORDER BY attempt`);
      this.#insert = database.prepare(
        `INSERT INTO replies (${NAMES}) VALUES (${COLUMNS.map((name) => `:${name}`).join(", ")})`,
      );
      this.#fail = database.prepare("INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?)");
      this.database = database;
    } catch (cause) {
      if (database?.isOpen) database.close();
      throw cause instanceof KitError ? new KitError(cause.message, { file: path }) : ledgerError("open", path, cause);
    }
    this.#queue = new WriteQueue(database, path);
  }

  /** The replies to a request, in the order of attempts. */
  replies(key: string): LedgerRow[] {
    if (this.#queue.holds(key)) this.flush();
    return this.guard("read", () => (this.#select.all(key) as StoredRow[]).map(restored));
  }

  /** Runs `work` on the database; an error of SQLite becomes a {@link KitError} that names the ledger. */
  guard<T>(doing: "read" | "write", work: () => T): T {
    return guarded(doing, this.path, work);
  }

  /** Stores a reply, which is on disk when this returns. @throws {KitError} if the attempt is stored already. */
  store(row: LedgerRow): void {
    this.guard("write", () => this.#insert.run(storable(row)));
  }

  /**
   * Stores a reply as the next attempt at its request. It is on disk when the promise resolves; replies that arrive
   * together share one write. If the disk refuses a reply, it is saved to a file beside the ledger or in the temporary
   * folder, and the error names that file.
   */
  append(row: Omit<LedgerRow, "attempt">): Promise<LedgerRow> {
    const clean = { ...row, reply: row.reply.toWellFormed() };
    return new Promise((resolve, reject) => {
      let whole: LedgerRow = { ...clean, attempt: 1 };
      this.soon({
        write: () => {
          whole = { ...clean, attempt: (this.#select.all(row.key).at(-1)?.attempt as number ?? 0) + 1 };
          this.#insert.run(storable(whole));
        },
        done: () => resolve(whole),
        failed: reject,
        row: () => whole,
      });
    });
  }

  /**
   * Queues a write, to be committed with others in one transaction.
   *
   * @param options `lazy`: wait until another write is due, @default {false}
   */
  soon(write: LedgerWrite, options: { lazy?: boolean } = {}): void {
    this.#queue.add(write, options);
  }

  /** Commits all queued writes. */
  flush(): void {
    this.#queue.flush();
  }

  /**
   * Stores a reply unless its attempt is stored already.
   *
   * @returns "stored", "known" if the stored reply is the same, or "differs" if it is another one, which is kept
   */
  offer(row: LedgerRow): "stored" | "known" | "differs" {
    const known = this.replies(row.key).find(({ attempt }) => attempt === row.attempt);
    if (known) return known.reply === row.reply ? "known" : "differs";
    this.store(row);
    return "stored";
  }

  /** Queues a record of a failed attempt: 429, 500, a reset. */
  fail(
    { key, recipe, model }: { key: string; recipe: string; model: string },
    status: number | null,
    message: string,
  ): void {
    const at = new Date().toISOString();
    const said = message.replaceAll("\0", "\ufffd").toWellFormed();
    this.soon({ write: () => this.#fail.run(key, recipe, model, status, said, at) });
  }

  /** The message of the last failed attempt at a request; undefined if none has failed. */
  lastFailure(key: string): string | undefined {
    this.flush();
    const sql = "SELECT message FROM failures WHERE key = ? ORDER BY rowid DESC LIMIT 1";
    return this.guard("read", () => this.database.prepare(sql).get(key))?.message as string | undefined;
  }

  /** All replies, ordered by key and attempt. */
  *rows(): Generator<LedgerRow> {
    this.flush();
    const sql = `SELECT ${NAMES} FROM replies ORDER BY key, attempt`;
    const found = this.guard("read", () => this.database.prepare(sql).iterate());
    while (true) {
      const { value, done } = this.guard("read", () => found.next());
      if (done) return;
      yield restored(value as StoredRow);
    }
  }

  /** Failed attempts by status (null without an answer), most frequent first. */
  failures(): { status: number | null; message: string; count: number }[] {
    this.flush();
    const sql =
      "SELECT status, min(message) AS message, count(*) AS count FROM failures GROUP BY status ORDER BY count DESC, status";
    return this.guard("read", () => this.database.prepare(sql).all()) as ReturnType<Ledger["failures"]>;
  }

  /** Requests, tokens and cost by recipe and model. */
  totals(): LedgerTotals[] {
    this.flush();
    return this.guard("read", () => this.database.prepare(TOTALS).all()) as unknown as LedgerTotals[];
  }

  /** Runs `work` in one transaction: all of its rows are stored, or none. */
  transaction<T>(work: () => T): T {
    return this.#queue.transaction(work);
  }

  /** Commits all queued writes and closes the file. */
  close(): void {
    if (!this.database.isOpen) return;
    this.#queue.close();
    this.database.close();
  }

  /** Closes the ledger. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Switches to WAL (many readers, one writer); if the database is busy, the process that is opening it does so. */
function writeAhead(database: DatabaseSync): void {
  try {
    if (database.prepare("PRAGMA journal_mode").get()!.journal_mode !== "wal") {
      database.exec("PRAGMA journal_mode = WAL");
    }
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}
