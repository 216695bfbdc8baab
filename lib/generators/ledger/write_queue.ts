import type { DatabaseSync } from "node:sqlite";
import { KitError } from "../../core/errors.ts";
import { guarded, isBusy, ledgerError } from "./ledger_errors.ts";
import type { LedgerRow } from "./ledger_row.ts";
import { rescue } from "./rescue.ts";

/** How often a write waits for another process, beyond SQLite's own ten seconds. */
const BUSY_TURNS = 5;
/** Milliseconds between these waits. */
const BUSY_PAUSE = 200;

/**
 * A write to the ledger.
 *
 * @category Generation
 */
export interface LedgerWrite {
  /** Changes the database, within a transaction. */
  readonly write: () => void;
  /** Called when the write is on disk. */
  readonly done?: () => void;
  /** Called when the write has failed for good. */
  readonly failed?: (error: unknown) => void;
  /** The reply that it writes, which must not be lost. */
  readonly row?: () => LedgerRow;
}

/**
 * Collects writes and commits them together, so that a slow disk does not slow down a fast server. Waits for a database
 * that another process has locked. Replies that the disk refuses go to a file beside the ledger.
 */
export class WriteQueue {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #waiting: LedgerWrite[] = [];
  #within = false;
  #busy = 0;
  #timer?: ReturnType<typeof setTimeout>;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  /** Whether a reply to the request of `key` waits to be written. */
  holds(key: string): boolean {
    return this.#waiting.some((write) => write.row?.().key === key);
  }

  /** Adds a write. A `lazy` one waits until another write is due. */
  add(write: LedgerWrite, { lazy = false }: { lazy?: boolean } = {}): void {
    if (this.#within) {
      write.write();
      write.done?.();
      return;
    }
    this.#waiting.push(write);
    if (!lazy) this.#timer ??= setTimeout(() => this.flush(), 0);
  }

  /** Commits all writes. */
  flush(): void {
    if (this.#within) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const writes = this.#waiting.splice(0);
    if (writes.length === 0) return;
    try {
      this.#commit(() => writes.forEach(({ write }) => write()));
      this.#busy = 0;
    } catch (cause) {
      if (isBusy(cause) && ++this.#busy <= BUSY_TURNS) {
        this.#waiting.unshift(...writes);
        this.#timer = setTimeout(() => this.flush(), BUSY_PAUSE);
      } else this.#refused(writes, cause);
      return;
    }
    writes.forEach(({ done }) => done?.());
  }

  /** Runs `work` in one transaction, after all writes: all of its changes are stored, or none. */
  transaction<T>(work: () => T): T {
    this.flush();
    return guarded("write", this.#path, () => this.#commit(work));
  }

  /** Commits all writes, without waiting for another process. */
  close(): void {
    this.#busy = BUSY_TURNS;
    this.flush();
    clearTimeout(this.#timer);
  }

  #commit<T>(work: () => T): T {
    if (this.#within) return work();
    this.#database.exec("BEGIN IMMEDIATE");
    this.#within = true;
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      // A full disk has rolled back already.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    } finally {
      this.#within = false;
    }
  }

  /** Saves the replies among refused writes to a file, and reports the failure. */
  #refused(writes: readonly LedgerWrite[], cause: unknown): void {
    const { message } = ledgerError("write", this.#path, cause);
    const rows = writes.flatMap(({ row }) => row ? [row()] : []);
    const saved = rows.length === 0 ? "" : `; ${rescue(this.#path, rows)}`;
    const failure = new KitError(message + saved, {}, { cause });
    writes.forEach(({ failed }) => failed?.(failure));
  }
}
