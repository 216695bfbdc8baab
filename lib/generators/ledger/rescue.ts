import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LedgerRow } from "./ledger_row.ts";

/**
 * Saves replies that a ledger could not store as JSON lines, beside the ledger or else in the temporary folder. Returns a
 * sentence that names the file.
 */
export function rescue(ledger: string, rows: readonly LedgerRow[]): string {
  const text = rows.map((row) => JSON.stringify(row) + "\n").join("");
  const name = `syneg-ledger-${Deno.pid}.rescued.jsonl`;
  const beside = ledger === ":memory:" ? [] : [`${ledger}.rescued.jsonl`];
  const replies = rows.length === 1 ? "1 reply" : `${rows.length} replies`;
  for (const path of [...beside, join(tmpdir(), name)]) {
    if (appended(path, text)) {
      return `${replies} saved to ${path}; when the ledger works again, import them with "ledger import"`;
    }
  }
  return `${replies} lost: no disk can be written`;
}

/** Appends the whole text to a file, or nothing; returns whether it did. */
function appended(path: string, text: string): boolean {
  let before: number | undefined;
  try {
    using file = Deno.openSync(path, { append: true, create: true });
    before = file.statSync().size;
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    file.syncSync();
    return true;
  } catch {
    if (before !== undefined) truncate(path, before);
    return false;
  }
}

function truncate(path: string, size: number): void {
  try {
    if (size === 0) Deno.removeSync(path);
    else Deno.truncateSync(path, size);
  } catch { /* Import reads the whole lines and names the broken one. */ }
}
