import { dirname, join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { KitError } from "../../core/errors.ts";
import { checkLedgerPath, isBusy, ledgerError } from "./ledger_errors.ts";
import { COLUMNS, prepareLedger } from "./ledger_schema.ts";
import type { LedgerRow, LedgerTotals } from "./ledger_row.ts";
import { rescue } from "./rescue.ts";

/** Where replies are kept unless another place is named: beside the runs, whatever the working directory is. */
export const DEFAULT_LEDGER: string = import.meta.dirname
  ? join(import.meta.dirname, "..", "..", "..", "data", "runs", "ledger.sqlite")
  : join("data", "runs", "ledger.sqlite");

/** How often a write waits for another process, beyond SQLite's own ten seconds. */
const BUSY_TURNS = 5;

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
  #busy = 0;
  #timer?: ReturnType<typeof setTimeout>;

  /** @throws {KitError} if there can be no ledger at `path`, or what is there is none that this kit knows. */
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
      const names = COLUMNS.join(", ");
      this.#select = database.prepare(`SELECT ${names} FROM replies WHERE key = ? ORDER BY attempt`);
      this.#insert = database.prepare(
        `INSERT INTO replies (${names}) VALUES (${COLUMNS.map((name) => `:${name}`).join(", ")})`,
      );
      this.#fail = database.prepare("INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?)");
      this.database = database;
    } catch (cause) {
      if (database?.isOpen) database.close();
      throw cause instanceof KitError ? new KitError(cause.message, { file: path }) : ledgerError("open", path, cause);
    }
  }

  /** The replies to a request, first attempt first. */
  replies(key: string): LedgerRow[] {
    if (this.#waiting.some((waiting) => waiting.row?.().key === key)) this.flush();
    return this.guard("read", () => (this.#select.all(key) as Stored[]).map(restored));
  }

  /** Does `work` on the database; what SQLite refuses is a {@link KitError} that names the ledger. */
  guard<T>(doing: "read" | "write", work: () => T): T {
    try {
      return work();
    } catch (cause) {
      // Anything else is an error of the one who asked.
      throw (cause as { code?: unknown }).code === "ERR_SQLITE_ERROR" ? ledgerError(doing, this.path, cause) : cause;
    }
  }

  /** Stores a reply; it is on disk when this returns. @throws if the attempt is there already. */
  store(row: LedgerRow): void {
    this.guard("write", () => this.#insert.run(Object.fromEntries(COLUMNS.map((name) => [name, storable(row[name])]))));
  }

  /**
   * Stores a reply as the next attempt at its request; it is on disk when the promise is kept. Replies that arrive
   * together share one write to the disk, so a slow disk does not slow a fast server down. A reply that the disk refuses
   * is written to a file beside the ledger, or among the temporary ones, which the error names.
   */
  append(row: Omit<LedgerRow, "attempt">): Promise<LedgerRow> {
    const clean = { ...row, reply: row.reply.toWellFormed() };
    return new Promise((resolve, reject) => {
      let whole: LedgerRow = { ...clean, attempt: 1 };
      this.soon({
        write: () => {
          whole = { ...clean, attempt: (this.#select.all(row.key).at(-1)?.attempt as number ?? 0) + 1 };
          this.#insert.run(Object.fromEntries(COLUMNS.map((name) => [name, storable(whole[name])])));
        },
        done: () => resolve(whole),
        failed: reject,
        row: () => whole,
      });
    });
  }

  /**
   * Does a write with the next ones, in one transaction.
   *
   * @param options `lazy`: it need not be done before another write is due. @default false
   */
  soon(waiting: Waiting, { lazy = false }: { lazy?: boolean } = {}): void {
    if (this.#within) {
      waiting.write();
      waiting.done?.();
      return;
    }
    this.#waiting.push(waiting);
    if (!lazy) this.#timer ??= setTimeout(() => this.flush(), 0);
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
      this.#busy = 0;
    } catch (cause) {
      if (isBusy(cause) && ++this.#busy <= BUSY_TURNS) {
        this.#waiting.unshift(...waiting);
        this.#timer = setTimeout(() => this.flush(), 200);
      } else this.#refused(waiting, cause);
      return;
    }
    waiting.forEach(({ done }) => done?.());
  }

  /** What could not be written: replies go to a file of their own. */
  #refused(waiting: readonly Waiting[], cause: unknown): void {
    const { message } = ledgerError("write", this.path, cause);
    const rows = waiting.flatMap(({ row }) => row ? [row()] : []);
    const failure = new KitError(rows.length === 0 ? message : `${message}; ${rescue(this.path, rows)}`, {}, { cause });
    waiting.forEach(({ failed }) => failed?.(failure));
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
    const said = message.replaceAll("\0", "\ufffd").toWellFormed();
    this.soon({ write: () => this.#fail.run(key, recipe, model, status, said, at) });
  }

  /** What was said to the last failed attempt at a request, if there was one. */
  lastFailure(key: string): string | undefined {
    this.flush();
    const sql = "SELECT message FROM failures WHERE key = ? ORDER BY rowid DESC LIMIT 1";
    return this.guard("read", () => this.database.prepare(sql).get(key))?.message as string | undefined;
  }

  /** All replies in the order of keys and attempts, one after the other. */
  *rows(): Generator<LedgerRow> {
    this.flush();
    const sql = `SELECT ${COLUMNS.join(", ")} FROM replies ORDER BY key, attempt`;
    const found = this.guard("read", () => this.database.prepare(sql).iterate());
    while (true) {
      const { value, done } = this.guard("read", () => found.next());
      if (done) return;
      yield restored(value as Stored);
    }
  }

  /** Failed attempts by status (null: no answer), most frequent first. */
  failures(): { status: number | null; message: string; count: number }[] {
    this.flush();
    const sql =
      "SELECT status, min(message) AS message, count(*) AS count FROM failures GROUP BY status ORDER BY count DESC, status";
    return this.guard("read", () => this.database.prepare(sql).all()) as ReturnType<Ledger["failures"]>;
  }

  /** Requests, tokens and cost by recipe and model. */
  totals(): LedgerTotals[] {
    this.flush();
    const sql = `
      SELECT recipe, model, sum(requests) AS requests, sum(replies) AS replies, sum(prompt) AS prompt_tokens,
        sum(completion) AS completion_tokens, sum(cost) AS cost, sum(failures) AS failures
      FROM (
        SELECT recipe, model, count(DISTINCT key) AS requests, count(*) AS replies, total(prompt_tokens) AS prompt,
          total(completion_tokens) AS completion, sum(cost) AS cost, 0 AS failures FROM replies GROUP BY recipe, model
        UNION ALL SELECT recipe, model, 0, 0, 0, 0, NULL, count(*) FROM failures GROUP BY recipe, model)
      GROUP BY recipe, model ORDER BY recipe, model`;
    return this.guard("read", () => this.database.prepare(sql).all()) as unknown as LedgerTotals[];
  }

  /** Runs `work` in one transaction: all of its rows or none. */
  transaction<T>(work: () => T): T {
    this.flush();
    return this.guard("write", () => this.#commit(work));
  }

  #commit<T>(work: () => T): T {
    if (this.#within) return work();
    this.database.exec("BEGIN IMMEDIATE");
    this.#within = true;
    try {
      const result = work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      // A full disk has rolled back already.
      if (this.database.isTransaction) this.database.exec("ROLLBACK");
      throw error;
    } finally {
      this.#within = false;
    }
  }

  /** Writes what is due and closes the file. */
  close(): void {
    if (!this.database.isOpen) return;
    this.#busy = BUSY_TURNS;
    this.flush();
    clearTimeout(this.#timer);
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
  /** The reply that is to be written, if it is one: what must not be lost. */
  readonly row?: () => LedgerRow;
}

/** Readers and one writer at a time; where another process is opening the ledger too, that one sees to it. */
function writeAhead(database: DatabaseSync): void {
  try {
    if (database.prepare("PRAGMA journal_mode").get()!.journal_mode !== "wal") {
      database.exec("PRAGMA journal_mode = WAL");
    }
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}

type Stored = Record<string, unknown>;

/** SQLite's texts end at a NUL; one that holds it goes in as bytes. */
function storable(value: string | number | null): string | number | null | Uint8Array {
  if (typeof value !== "string") return value;
  const text = value.toWellFormed();
  return text.includes("\0") ? new TextEncoder().encode(text) : text;
}

function restored(row: Stored): LedgerRow {
  const values = Object.entries(row).map(([name, value]) =>
    [name, value instanceof Uint8Array ? new TextDecoder().decode(value) : value] as const
  );
  return Object.fromEntries(values) as unknown as LedgerRow;
}

/** Opens the ledger at `path`, or makes it; ":memory:" for one that is not kept. */
export function openLedger(path: string): Ledger {
  return new Ledger(path);
}

/** Calls `work` with the ledger at `place`; a ledger that was opened here is closed again. */
export async function withLedger<T>(
  place: string | Ledger | undefined,
  work: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  if (place instanceof Ledger) return await work(place);
  using ledger = openLedger(place ?? DEFAULT_LEDGER);
  return await work(ledger);
}
