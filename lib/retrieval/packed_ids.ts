import type { CORPUS } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { packedIds } from "./bm25_files.ts";
import type { Ids } from "./ids.ts";

/** Collects the ids of tables that are not kept. */
export class IdsBuilder {
  #bytes = new Uint8Array(1 << 20);
  #offsets = new Float64Array(1 << 16);
  #size = 0;
  #count = 0;

  /** Adds the ids of a table's rows. */
  add(table: Table<typeof CORPUS>): void {
    const ids = table.texts("id");
    for (let row = 0; row < table.length; row++) {
      const bytes = ids.bytes(row)!;
      if (this.#size + bytes.length > this.#bytes.length) {
        const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#size + bytes.length));
        larger.set(this.#bytes);
        this.#bytes = larger;
      }
      this.#bytes.set(bytes, this.#size);
      this.#size += bytes.length;
      if (++this.#count === this.#offsets.length) {
        const larger = new Float64Array(2 * this.#offsets.length);
        larger.set(this.#offsets);
        this.#offsets = larger;
      }
      this.#offsets[this.#count] = this.#size;
    }
  }

  /** The ids so far. */
  finish(): Ids {
    return packedIds({
      offsets: this.#offsets.slice(0, this.#count + 1),
      bytes: this.#bytes.slice(0, this.#size),
    });
  }
}
