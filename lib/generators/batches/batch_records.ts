import { sha256 } from "../../core/hash.ts";
import type { Ledger } from "../ledger/mod.ts";

/** A batch as the ledger records it. */
export interface BatchRecord {
  /** Label that identifies the batch on the server. */
  readonly label: string;
  /** Id on the server; null until the batch has been created. */
  readonly id: string | null;
  /** Keys of its requests. */
  readonly keys: readonly string[];
}

/** The batches of a ledger that have not been taken in. */
export class BatchRecords {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Open batches with a request among `keys`, oldest first. */
  open(keys: ReadonlySet<string>): BatchRecord[] {
    const sql = "SELECT label, id, keys FROM batches WHERE status != 'done' ORDER BY created_at";
    const rows = this.#ledger.guard("read", () => this.#ledger.database.prepare(sql).all());
    return rows
      .map(({ label, id, keys }) => ({ label, id, keys: JSON.parse(String(keys)) }) as BatchRecord)
      .filter((record) => record.keys.some((key) => keys.has(key)));
  }

  /** Records a batch before it is created, and returns its label. */
  plan(keys: readonly string[]): string {
    const text = JSON.stringify(keys);
    const now = new Date().toISOString();
    const label = sha256(`${text} ${now}`).slice(0, 32);
    this.#write("INSERT INTO batches (label, status, keys, created_at) VALUES (?, 'planned', ?, ?)", label, text, now);
    return label;
  }

  /** Records that a batch has been created. */
  created(label: string, id: string, inputFile: string): void {
    this.#write("UPDATE batches SET id = ?, input_file = ?, status = 'made' WHERE label = ?", id, inputFile, label);
  }

  /** Records that nothing more is expected of a batch. */
  done(label: string): void {
    this.#write("UPDATE batches SET status = 'done' WHERE label = ?", label);
  }

  #write(sql: string, ...values: string[]): void {
    this.#ledger.guard("write", () => this.#ledger.database.prepare(sql).run(...values));
  }
}
