import type * as arrow from "apache-arrow";
import { compareCodePoints } from "../core/compare.ts";
import type { Table } from "../tables/table.ts";
import type { Schema } from "../tables/schema.ts";

interface Chunk {
  begin: number;
  offsets: Int32Array;
  bytes: Uint8Array;
}

/**
 * Ids by row. They stay in Arrow's buffers, so comparing two of them creates no strings.
 *
 * @category Retrieval
 */
export interface Ids {
  /** Number of ids. */
  readonly length: number;
  /** The id of a row. */
  at(row: number): string;
  /** Compares the ids of two rows by code points: below 0 if the first comes first. */
  compare(a: number, b: number): number;
}

/**
 * The ids of a table's `id` column, or of a list.
 *
 * @example
 * ```ts
 * import { idsOf } from "./mod.ts";
 * console.log(idsOf(["d10", "d9"]).compare(0, 1) < 0); // true
 * ```
 *
 * @category Retrieval
 */
export function idsOf(source: Table<Schema> | readonly string[]): Ids {
  if ("arrow" in source) return arrowIds(source);
  return {
    length: source.length,
    at: (row) => source[row],
    compare: (a, b) => compareCodePoints(source[a], source[b]),
  };
}

function arrowIds(table: Table<Schema>): Ids {
  const column = table.column("id");
  const chunks = chunksOf(table.arrow.getChild("id") as arrow.Vector<arrow.Utf8>);
  const chunkOf = (row: number) => {
    let at = chunks.length - 1;
    while (chunks[at].begin > row) at--;
    return chunks[at];
  };
  return {
    length: table.length,
    at: (row) => column.at(row) as unknown as string,
    compare(a, b) {
      const x = chunkOf(a);
      const y = chunkOf(b);
      const xEnd = x.offsets[a - x.begin + 1];
      const yEnd = y.offsets[b - y.begin + 1];
      let i = x.offsets[a - x.begin];
      let j = y.offsets[b - y.begin];
      for (; i < xEnd && j < yEnd; i++, j++) if (x.bytes[i] !== y.bytes[j]) return x.bytes[i] - y.bytes[j];
      return (xEnd - i) - (yEnd - j);
    },
  };
}

function chunksOf(ids: arrow.Vector<arrow.Utf8>): Chunk[] {
  const chunks: Chunk[] = [];
  let begin = 0;
  for (const data of ids.data) {
    chunks.push({ begin, offsets: data.valueOffsets as Int32Array, bytes: data.values as Uint8Array });
    begin += data.length;
  }
  return chunks;
}
