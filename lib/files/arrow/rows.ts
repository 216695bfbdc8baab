import type * as arrow from "apache-arrow";
import { checkCancelled, KitError, type Place } from "../../core/errors.ts";
import { cellsOf } from "./values.ts";
import type { ReadOptions } from "../lines.ts";
import type { Fields } from "../records.ts";
import { verifyVector } from "./verify_arrow.ts";
import type { Meter } from "./verify_ipc.ts";

/** Options of {@link eachArrowRow}. */
export interface ArrowRowOptions extends Pick<ReadOptions, "signal"> {
  /** Name of the file, for errors. */
  file: string | undefined;
  /** Called with the sizes of texts, which dictionaries repeat at no cost. */
  meter: Meter;
  /** Columns to read; others are not verified. Omit for all. */
  columns?: readonly string[];
}

/** Rows between two checks of the signal. */
const ROWS = 20_000;

/**
 * Verifies an Arrow table of any schema and calls `visit` with every row; returns the number of rows.
 *
 * @throws {KitError} if a column is broken.
 */
export function eachArrowRow(
  table: arrow.Table,
  visit: (row: Fields, place: Place) => void,
  { file, meter, columns, signal }: ArrowRowOptions,
): number {
  const names = table.schema.fields.map(({ name }) => name);
  const wanted = names.map((name, j) => [name, j] as const).filter(([name]) => columns?.includes(name) ?? true);
  if (new Set(wanted.map(([name]) => name)).size < wanted.length) {
    throw new KitError(`Cannot read an Arrow file: a column is there twice, found ${names.join(", ")}`, { file });
  }
  for (const [name, j] of wanted) {
    try {
      verifyVector(table.getChildAt(j)!, file, name);
    } catch (cause) {
      if (cause instanceof KitError) throw cause;
      throw new KitError(`Cannot read a broken Arrow file: ${(cause as Error).message}`, { file, field: name }, {
        cause,
      });
    }
  }
  let row = 0;
  for (const batch of table.batches) {
    const readers = wanted.map(([name, j]) => {
      const { data } = batch.getChildAt(j)!;
      if (data.length !== 1 || data[0].length !== batch.numRows) {
        throw new KitError("Cannot read a broken Arrow file: its columns have different lengths", {
          file,
          field: name,
        });
      }
      return [name, cellsOf(data[0])] as const;
    });
    for (let i = 0; i < batch.numRows; i++, row++) {
      if (row % ROWS === 0) checkCancelled(signal, `reading ${file}`);
      const fields: Fields = {};
      for (const [name, read] of readers) {
        const value = fields[name] = read(i);
        if (typeof value === "string") meter(value.length);
      }
      visit(fields, { file: `${file}, row ${row}` });
    }
  }
  return row;
}
