import type * as arrow from "apache-arrow";
import { compareCodePoints } from "../core/compare.ts";
import type { Table } from "../tables/table.ts";
import type { Schema } from "../tables/schema.ts";

interface Chunk {
  begin: number;
  offsets: Int32Array;
  bytes: Uint8Array;
}

/** Ids by row. They stay in Arrow's buffers: comparing two of them makes no strings. */
export interface Ids {
  readonly length: number;
  at(row: number): string;
  /** Order of the ids of two rows by code points: below 0 if the first comes first. */
  compare(a: number, b: number): number;
}

/** Ids of a table's `id` column, or of a list. */
export function idsOf(source: Table<Schema> | readonly string[]): Ids {
  if (!("arrow" in source)) {
    return {
      length: source.length,
      at: (row) => source[row],
      compare: (a, b) => compareCodePoints(source[a], source[b]),
    };
  }
  const column = source.column("id");
  const chunks: Chunk[] = [];
  let begin = 0;
  for (const data of (source.arrow.getChild("id") as arrow.Vector<arrow.Utf8>).data) {
    chunks.push({ begin, offsets: data.valueOffsets as Int32Array, bytes: data.values as Uint8Array });
    begin += data.length;
  }
  const chunkOf = (row: number) => {
    let at = chunks.length - 1;
    while (chunks[at].begin > row) at--;
    return chunks[at];
  };
  return {
    length: source.length,
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
