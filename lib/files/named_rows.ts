import { KitError, type Place } from "../core/errors.ts";
import { eachCells } from "./cells.ts";
import type { ReadOptions } from "./lines.ts";
import { type Fields, looksNamed, recordOf } from "./records.ts";
import type { ByteSource } from "./byte_source.ts";

/**
 * Calls `visit` with the documents or queries of a text table: columns named by the first line, or an id and a text.
 *
 * @throws {KitError} if a file without names has other columns.
 */
export async function eachNamedRow(
  source: ByteSource,
  table: "document" | "query",
  visit: (record: Fields, place: Place) => void,
  options?: ReadOptions,
): Promise<void> {
  await eachCells(source, ({ names, cells, place }) => {
    if (names !== undefined) return visit(recordOf(names, cells), place);
    if (cells.length === 2 && cells[0] !== "") return visit({ id: cells[0], text: cells[1] }, place);
    const found = cells.length === 1 ? "no tab" : cells[0] === "" ? "no id" : `${cells.length} columns`;
    const wanted = `an id, a tab and a text, or a first line that names the columns, such as ${
      table === "document" ? "id, title, text" : "id, text"
    }`;
    throw new KitError(`Cannot read a ${table}: found ${found}, expected ${wanted}`, place);
  }, {
    ...options,
    isHeader: (names) => looksNamed(names, table),
    delimiter: /\.csv(\.\w+)?$/i.test(source.name) ? "," : "\t",
  });
}
