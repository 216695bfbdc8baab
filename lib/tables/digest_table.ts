import { createHash, type Hash } from "node:crypto";
import type * as arrow from "apache-arrow";
import { hasher } from "../core/hash.ts";
import type { Schema } from "./schema.ts";
import type { Table } from "./table.ts";

/**
 * The sha256 of a table's schema name, columns and rows, in hex; independent of how Arrow chunks the table.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { digestTable, QUERIES, tableOf } from "./mod.ts";
 * console.log(digestTable(tableOf(QUERIES, [{ id: "q1", text: "tram noise" }])).length); // 64
 * ```
 */
export function digestTable<S extends Schema>(table: Table<S>): string {
  const hash = hasher().update(table.schema.name).update(String(table.length));
  for (const [name, { kind }] of Object.entries(table.schema.columns)) {
    const values = createHash("sha256");
    const lengths = createHash("sha256");
    const vector = table.arrow.getChild(name);
    for (const chunk of vector?.data ?? []) {
      if (kind === "utf8" || kind === "json") addText(chunk, values, lengths);
      else if (kind === "vector") values.update(bytesOf(chunk.children[0].values, chunk.children[0].length));
      else if (kind === "int32" || kind === "float32" || kind === "float64") addNumbers(chunk, values, lengths);
      else addEach(chunk, values, lengths);
    }
    hash.update(name).update(kind).update(values.digest("hex")).update(lengths.digest("hex"));
  }
  return hash.digest();
}

/** Adds bytes to one hash and lengths (-1 for null) to the other. */
function addText(chunk: arrow.Data, values: Hash, lengths: Hash): void {
  const { valueOffsets: offsets, length } = chunk;
  const sizes = new Int32Array(length);
  for (let i = 0; i < length; i++) sizes[i] = chunk.getValid(i) ? offsets[i + 1] - offsets[i] : -1;
  if (length > 0) values.update((chunk.values as Uint8Array).subarray(offsets[0], offsets[length]));
  lengths.update(bytesOf(sizes, length));
}

function addNumbers(chunk: arrow.Data, values: Hash, nulls: Hash): void {
  if (chunk.nullCount === 0) return void values.update(bytesOf(chunk.values, chunk.length));
  const copy = chunk.values.slice(0, chunk.length);
  const valid = new Uint8Array(chunk.length);
  for (let i = 0; i < chunk.length; i++) {
    if (chunk.getValid(i)) valid[i] = 1;
    else copy[i] = 0;
  }
  values.update(bytesOf(copy, chunk.length));
  nulls.update(valid);
}

function addEach(chunk: arrow.Data, values: Hash, lengths: Hash): void {
  const words = chunk.dictionary?.toArray() as string[] | undefined;
  const sizes = new Int32Array(chunk.length);
  for (let i = 0; i < chunk.length; i++) {
    if (!chunk.getValid(i)) sizes[i] = -1;
    else if (words) {
      const word = words[chunk.values[i]];
      sizes[i] = word.length;
      values.update(word);
    } else sizes[i] = chunk.values[(chunk.offset + i) >> 3] >> ((chunk.offset + i) & 7) & 1;
  }
  lengths.update(bytesOf(sizes, chunk.length));
}

function bytesOf(array: Int32Array | Float32Array | Float64Array, length: number): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, length * array.BYTES_PER_ELEMENT);
}
