import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LedgerRow } from "./ledger_row.ts";

/**
 * Writes replies that a ledger could not take as JSON lines beside it, or else among the temporary files, and says where
 * they are.
 */
export function rescue(ledger: string, rows: readonly LedgerRow[]): string {
  const text = rows.map((row) => JSON.stringify(row) + "\n").join("");
  const name = `syneg-ledger-${Deno.pid}.rescued.jsonl`;
  const beside = ledger === ":memory:" ? [] : [`${ledger}.rescued.jsonl`];
  const replies = rows.length === 1 ? "1 reply" : `${rows.length} replies`;
  for (const path of [...beside, join(tmpdir(), name)]) {
    if (appended(path, text)) return `${replies} in ${path}: take them in with "ledger import", once that is mended`;
  }
  return `${replies} could not be kept: no disk takes a file`;
}

/** Whether the whole text is at the end of the file; a part of it is taken back. */
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
    if (before !== undefined) takenBack(path, before);
    return false;
  }
}

function takenBack(path: string, size: number): void {
  try {
    if (size === 0) Deno.removeSync(path);
    else Deno.truncateSync(path, size);
  } catch { /* the lines that are whole are read, the last one names itself */ }
}
