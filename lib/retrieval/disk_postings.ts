import { KitError } from "../core/errors.ts";
import type { Postings, TermPostings } from "./postings.ts";

/** What {@link DiskPostings} keeps in memory. */
export interface DiskPostingsParts {
  readonly terms: ReadonlyMap<string, number>;
  readonly absent: Float32Array;
  /** Where the postings of each term begin in the files. */
  readonly offsets: Float64Array;
  /** Bytes of postings kept in memory. */
  readonly cache: number;
}

/** {@link Postings} in files, read by term. Those used last stay in memory. */
export class DiskPostings implements Postings {
  readonly terms: ReadonlyMap<string, number>;
  readonly absent: Float32Array;
  readonly #folder: string;
  readonly #offsets: Float64Array;
  readonly #cache: number;
  readonly #rows: Deno.FsFile;
  readonly #impacts: Deno.FsFile;
  readonly #known = new Map<number, TermPostings>();
  #held = 0;

  constructor(folder: string, { terms, absent, offsets, cache }: DiskPostingsParts) {
    this.#folder = folder;
    this.terms = terms;
    this.absent = absent;
    this.#offsets = offsets;
    this.#cache = cache;
    this.#rows = Deno.openSync(`${folder}/rows`);
    this.#impacts = Deno.openSync(`${folder}/impacts`);
  }

  of(term: number): TermPostings {
    const known = this.#known.get(term);
    if (known) {
      this.#known.delete(term);
      this.#known.set(term, known);
      return known;
    }
    const [begin, end] = [this.#offsets[term], this.#offsets[term + 1]];
    const found = {
      rows: new Int32Array(this.#read(this.#rows, { begin, end })),
      impacts: new Float32Array(this.#read(this.#impacts, { begin, end })),
    };
    this.#known.set(term, found);
    this.#held += 8 * found.rows.length;
    for (const [oldest, { rows }] of this.#known) {
      if (this.#held <= this.#cache) break;
      this.#known.delete(oldest);
      this.#held -= 8 * rows.length;
    }
    return found;
  }

  close(): void {
    for (const file of [this.#rows, this.#impacts]) {
      try {
        file.close();
      } catch (error) {
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    }
  }

  /** Values `begin` to `end` of a file of 4-byte numbers. */
  #read(file: Deno.FsFile, { begin, end }: { begin: number; end: number }): ArrayBuffer {
    const bytes = new Uint8Array(4 * (end - begin));
    file.seekSync(4 * begin, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const count = file.readSync(bytes.subarray(at));
      if (count === null) throw new KitError("Cannot read a BM25 index: a file ends early", { file: this.#folder });
      at += count;
    }
    return bytes.buffer;
  }
}
