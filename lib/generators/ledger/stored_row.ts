import type { LedgerRow } from "./ledger_row.ts";
import { COLUMNS } from "./ledger_schema.ts";

/** A row as SQLite returns it. */
export type StoredRow = Record<string, unknown>;

/** The values of a row by column, as SQLite takes them. */
export function storable(row: LedgerRow): Record<string, string | number | null | Uint8Array> {
  return Object.fromEntries(COLUMNS.map((name) => [name, storableValue(row[name])]));
}

/** The row of stored values. */
export function restored(row: StoredRow): LedgerRow {
  const values = Object.entries(row).map(([name, value]) =>
    [name, value instanceof Uint8Array ? new TextDecoder().decode(value) : value] as const
  );
  return Object.fromEntries(values) as unknown as LedgerRow;
}

/** SQLite's texts end at a NUL, so a text with one is stored as bytes. */
function storableValue(value: string | number | null): string | number | null | Uint8Array {
  if (typeof value !== "string") return value;
  const text = value.toWellFormed();
  return text.includes("\0") ? new TextEncoder().encode(text) : text;
}
