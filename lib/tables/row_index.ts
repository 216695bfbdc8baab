import type { TextView } from "./columns.ts";
import { KitError } from "../core/errors.ts";

const encoder = new TextEncoder();
const SEPARATOR = 0x1f;

/**
 * Maps the values of one or more columns of text to row numbers: a hash table of 32-bit numbers over Arrow's buffers, so
 * that millions of ids never become strings. Of equal rows, the first is kept.
 */
export class RowIndex implements ReadonlyMap<string, number> {
  /** Rows equal to an earlier one. */
  readonly duplicates: readonly number[];
  /** Number of distinct keys. */
  readonly size: number;
  readonly #columns: readonly TextView[];
  readonly #slots: Int32Array;
  #scratch = new Uint8Array(256);

  /** Indexes columns of equal length; a key has a part for each. */
  constructor(columns: readonly TextView[]) {
    const { length } = columns[0];
    if (length > 2 ** 30) throw new KitError(`Cannot index ${length} rows: the maximum is 2^30`);
    this.#columns = columns;
    this.#slots = new Int32Array(2 ** Math.max(4, Math.ceil(Math.log2(length * 1.5 + 1)))).fill(-1);
    const duplicates: number[] = [];
    for (let row = 0; row < length; row++) {
      const slot = this.#slot(columns.map((column) => column.bytes(row)));
      if (this.#slots[slot] >= 0) duplicates.push(row);
      else this.#slots[slot] = row;
    }
    this.duplicates = duplicates;
    this.size = length - duplicates.length;
  }

  /** The row of a key. */
  get(...key: string[]): number | undefined {
    const row = this.#slots[this.#slot(this.#encode(key))];
    return row < 0 ? undefined : row;
  }

  /** Whether a row has this key. */
  has(...key: string[]): boolean {
    return this.get(...key) !== undefined;
  }

  /** Distinct keys of the first column with their rows, in row order. */
  *entries(): MapIterator<[string, number]> {
    const skipped = new Set(this.duplicates);
    for (let row = 0; row < this.#columns[0].length; row++) {
      if (!skipped.has(row)) yield [this.#columns[0].at(row)!, row];
    }
  }

  /** Distinct keys of the first column, in row order. */
  *keys(): MapIterator<string> {
    for (const [key] of this.entries()) yield key;
  }

  /** Rows with distinct keys, in order. */
  *values(): MapIterator<number> {
    for (const [, row] of this.entries()) yield row;
  }

  /** The same as {@link entries}. */
  [Symbol.iterator](): MapIterator<[string, number]> {
    return this.entries();
  }

  /** Calls `visit` for each of {@link entries}. */
  forEach(visit: (row: number, key: string, map: ReadonlyMap<string, number>) => void): void {
    for (const [key, row] of this.entries()) visit(row, key, this);
  }

  /** The slot of a key, or the free slot where it belongs. FNV-1a, linear probing. */
  #slot(key: readonly (Uint8Array | null)[]): number {
    let hash = 0x811c9dc5;
    for (const part of key) {
      if (part) { for (let i = 0; i < part.length; i++) hash = Math.imul(hash ^ part[i], 0x01000193); }
      hash = Math.imul(hash ^ SEPARATOR, 0x01000193);
    }
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask;; slot = (slot + 1) & mask) {
      const row = this.#slots[slot];
      if (row < 0 || this.#columns.every((column, j) => equal(column.bytes(row), key[j]))) return slot;
    }
  }

  #encode(key: readonly string[]): Uint8Array[] {
    if (key.length > 1) return key.map((part) => encoder.encode(part));
    if (key[0].length * 3 > this.#scratch.length) this.#scratch = new Uint8Array(key[0].length * 3);
    return [this.#scratch.subarray(0, encoder.encodeInto(key[0], this.#scratch).written)];
  }
}

function equal(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
