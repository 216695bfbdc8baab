import * as z from "zod";
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
  // Exports of earlier versions have one asking per request.
  asking: z.int().min(1).default(1),
});

/**
 * Writes every reply of a ledger as JSON lines, ordered by key and attempt.
 *
 * @returns the number of replies
 *
 * @example
 * ```ts
 * import { exportLedger, openLedger } from "@syneg/kit";
 * using ledger = openLedger(":memory:");
 * const path = `${await Deno.makeTempDir({ dir: "/tmp" })}/replies.jsonl`;
 * console.log(await exportLedger(ledger, path)); // 0
 * ```
 *
 * @category Generation
 */
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
 * Imports the lines of {@link exportLedger} into a ledger. Stored replies are kept; either all lines are imported or, if
 * one is invalid, none.
 *
 * @throws {KitError} with file, line and field of an invalid line.
 *
 * @example
 * ```ts
 * import { exportLedger, importLedger, openLedger } from "@syneg/kit";
 * using ledger = openLedger(":memory:");
 * const path = `${await Deno.makeTempDir({ dir: "/tmp" })}/replies.jsonl`;
 * await exportLedger(ledger, path);
 * console.log(await importLedger(ledger, path)); // { stored: 0, known: 0, differs: 0 }
 * ```
 *
 * @category Generation
 */
export async function importLedger(ledger: Ledger, path: string): Promise<ImportCounts> {
  return offerAll(ledger, await readLedgerRows(path));
}

/**
 * What became of the replies of an import.
 *
 * @category Generation
 */
export interface ImportCounts {
  /** Stored in the ledger. */
  stored: number;
  /** In the ledger already. */
  known: number;
  /** Not stored: the ledger has another reply for the attempt. */
  differs: number;
}

/**
 * Reads the lines of {@link exportLedger}.
 *
 * @throws {KitError} with file, line and field of an invalid line.
 *
 * @example
 * ```ts
 * import { readLedgerRows } from "./ledger_jsonl.ts";
 * const path = await Deno.makeTempFile({ dir: "/tmp", suffix: ".jsonl" });
 * console.log(await readLedgerRows(path)); // []
 * ```
 *
 * @category Generation
 */
export function readLedgerRows(path: string): Promise<LedgerRow[]> {
  return readJsonLines(path, { schema: ROW, what: "a line of a ledger" });
}

/**
 * Stores the replies that a ledger does not have, in one transaction.
 *
 * @example
 * ```ts
 * import { openLedger } from "@syneg/kit";
 * import { offerAll } from "./ledger_jsonl.ts";
 * using ledger = openLedger(":memory:");
 * console.log(offerAll(ledger, [])); // { stored: 0, known: 0, differs: 0 }
 * ```
 *
 * @category Generation
 */
export function offerAll(ledger: Ledger, rows: readonly LedgerRow[]): ImportCounts {
  const counts: ImportCounts = { stored: 0, known: 0, differs: 0 };
  ledger.transaction(() => {
    for (const row of rows) counts[ledger.offer(row)]++;
  });
  return counts;
}
