import { z } from "zod";
import { writeAtomic, type WriteOptions } from "../../core/files.ts";
import { readJsonLines } from "../../files/json_lines.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerRow } from "./ledger_row.ts";

const count = z.int().nullable();
const ROW = z.strictObject({
  key: z.string().regex(/^[0-9a-f]{64}$/).describe("64 hex digits"),
  attempt: z.int().min(1),
  recipe: z.string(),
  model: z.string(),
  query_id: z.string(),
  positive_id: z.string(),
  attributes: z.string(),
  count: z.int(),
  reply: z.string(),
  finish_reason: z.string().nullable(),
  prompt_tokens: count,
  completion_tokens: count,
  cost: z.number().nullable(),
  latency_ms: z.number().nullable(),
  answered_at: z.string().nullable(),
  origin: z.enum(["request", "batch", "recording"]),
  // Exports of earlier kits have one asking a request.
  asking: z.int().min(1).default(1),
});

/** Writes every reply of a ledger as JSON lines, by key and attempt; returns how many. */
export async function exportLedger(ledger: Ledger, path: string, options?: WriteOptions): Promise<number> {
  let rows = 0;
  const encoder = new TextEncoder();
  const lines = ledger.rows();
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = lines.next();
      if (done) return controller.close();
      rows++;
      controller.enqueue(encoder.encode(JSON.stringify(value) + "\n"));
    },
  });
  await writeAtomic(path, stream, options);
  return rows;
}

/**
 * Takes the lines of {@link exportLedger} into a ledger. A reply that is there stays; all lines are taken in or, on a
 * bad one, none.
 *
 * @throws {KitError} that names file, line and field of a bad line.
 */
export async function importLedger(ledger: Ledger, path: string): Promise<ImportCounts> {
  return offerAll(ledger, await readLedgerRows(path));
}

/** What became of the replies of an import. */
export interface ImportCounts {
  /** New on record. */
  stored: number;
  /** On record already, word for word. */
  known: number;
  /** Other words are on record for the attempt, and stay. */
  differs: number;
}

/** The lines of {@link exportLedger}. @throws {KitError} that names file, line and field of a bad one. */
export function readLedgerRows(path: string): Promise<LedgerRow[]> {
  return readJsonLines(path, { schema: ROW, what: "a ledger's line" });
}

/** Stores the replies that a ledger does not have, all in one. */
export function offerAll(ledger: Ledger, rows: readonly LedgerRow[]): ImportCounts {
  const counts: ImportCounts = { stored: 0, known: 0, differs: 0 };
  ledger.transaction(() => {
    for (const row of rows) counts[ledger.offer(row)]++;
  });
  return counts;
}
