/**
 * The ledger keeps every reply of a language model in an SQLite file.
 *
 * @module
 */
export { Claims } from "./claims.ts";
export { Ledger } from "./ledger.ts";
export { checkLedgerPath } from "./ledger_errors.ts";
export { exportLedger, type ImportCounts, importLedger, offerAll, readLedgerRows } from "./ledger_jsonl.ts";
export type { LedgerRow, LedgerTotals } from "./ledger_row.ts";
export type { LedgerWrite } from "./write_queue.ts";
export { DEFAULT_LEDGER, openLedger, withLedger } from "./open_ledger.ts";
