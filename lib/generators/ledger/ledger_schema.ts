import type { DatabaseSync } from "node:sqlite";
import { KitError } from "../../core/errors.ts";
import type { LedgerRow } from "./ledger_row.ts";

/** Columns of a reply, in the order of the table. */
export const COLUMNS = [
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
  "asking",
] as const satisfies readonly (keyof LedgerRow)[];

/** Format 1 has replies, failures and batches; format 2 adds askings and claims. */
const FORMAT = 2;
const TABLES = `
CREATE TABLE IF NOT EXISTS replies (
  key TEXT NOT NULL, attempt INTEGER NOT NULL, recipe TEXT NOT NULL, model TEXT NOT NULL, query_id TEXT NOT NULL,
  positive_id TEXT NOT NULL, attributes TEXT NOT NULL, count INTEGER NOT NULL, reply TEXT NOT NULL, finish_reason TEXT,
  prompt_tokens INTEGER, completion_tokens INTEGER, cost REAL, latency_ms REAL, answered_at TEXT, origin TEXT NOT NULL,
  asking INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (key, attempt));
CREATE TABLE IF NOT EXISTS failures (
  key TEXT NOT NULL, recipe TEXT NOT NULL, model TEXT NOT NULL, status INTEGER, message TEXT NOT NULL,
  failed_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS batches (
  label TEXT PRIMARY KEY, id TEXT, input_file TEXT, status TEXT NOT NULL, keys TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS failures_by_key ON failures (key);
CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, owner TEXT NOT NULL, expires INTEGER NOT NULL);
`;

/**
 * Creates the tables of an empty database, or upgrades those of an older ledger; a ledger of the current format is not
 * written to.
 *
 * @throws {KitError} if the database has a newer format, or belongs to another program.
 */
export function prepareLedger(database: DatabaseSync): void {
  const format = () => Number(database.prepare("PRAGMA user_version").get()!.user_version);
  const names = (sql: string) => database.prepare(sql).all().map(({ name }) => String(name));
  const found = format();
  if (found > FORMAT) {
    throw new KitError(
      `Cannot open the ledger: its format must be at most ${FORMAT}, found ${found}; use a newer version of the kit`,
    );
  }
  const tables = names("SELECT name FROM sqlite_master WHERE type = 'table'");
  const columns = names("SELECT name FROM pragma_table_info('replies')");
  const missing = COLUMNS.filter((name) => !columns.includes(name));
  if (tables.length > 0 && missing.some((name) => name !== "asking" || found >= 2)) {
    throw new KitError(
      `Cannot open the ledger: the database belongs to another program (tables ${tables.slice(0, 5).join(", ")})`,
    );
  }
  if (found === FORMAT) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have upgraded it in the meantime.
    if (format() < FORMAT) {
      const old = names("SELECT name FROM pragma_table_info('replies')");
      database.exec(TABLES);
      if (old.length > 0 && !old.includes("asking")) {
        database.exec("ALTER TABLE replies ADD COLUMN asking INTEGER NOT NULL DEFAULT 1");
      }
      database.exec(`PRAGMA user_version = ${FORMAT}`);
    }
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
