import { KitError } from "../core/errors.ts";
import { asciiWords } from "./ascii_words.ts";
import { type CellRow, eachCells } from "../files/cells.ts";
import type { ReadOptions } from "../files/lines.ts";
import { integerOf, judgmentOf, looksJudged, recordOf } from "../files/records.ts";
import { type NewRow, QRELS } from "../tables/schema.ts";
import type { ByteSource } from "../files/byte_source.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";

/**
 * Reads judgments as text. The first line decides the format: named columns (BEIR's `query-id  corpus-id  score`; tabs, commas or
 * semicolons), the same without names, or TREC's (`query 0 document grade`, any white space). Lines that begin with `#`
 * are comments.
 */
export async function readQrelsText(source: ByteSource, options?: ReadOptions): Promise<Table<typeof QRELS>> {
  const builder = new TableBuilder(QRELS);
  let spaced: string[] | undefined;
  let read: ((row: CellRow) => NewRow<typeof QRELS>) | undefined;
  const delimiter = /\.csv(\.\w+)?$/i.test(source.name) ? "," : "\t";
  await eachCells(source, (row) => {
    if (row.names === undefined && row.cells[0].startsWith("#")) return;
    if (read === undefined) {
      const words = wordsOf(row);
      if (row.names === undefined && row.cells.length === 1 && looksJudged(words)) return void (spaced = words);
      read = row.names
        ? ({ names, cells, place }) => judgmentOf(recordOf(names!, cells), place)
        : spaced
        ? (row) => named(spaced!, wordsOf(row), row)
        : row.cells.length === 3
        ? (row) => named(["query-id", "corpus-id", "score"], row.cells, row)
        : row.cells.length > 1 && delimiter === ","
        ? (row) => trec(row.cells.map((cell) => cell.trim()), row)
        : (row) => trec(wordsOf(row), row);
    }
    builder.append(read(row));
  }, { ...options, isHeader: looksJudged, delimiter, comment: "#" });
  const qrels = builder.finish();
  if (qrels.length === 0) throw new KitError("Cannot read judgments: there are none", { file: source.name });
  return qrels;
}

function wordsOf({ cells }: CellRow): string[] {
  return asciiWords(cells.join("\t"));
}

function named(names: readonly string[], cells: readonly string[], { place }: CellRow): NewRow<typeof QRELS> {
  if (cells.length !== names.length) {
    throw new KitError(`Cannot read judgments: found ${cells.length} fields, wanted ${names.join(", ")}`, place);
  }
  return judgmentOf(Object.fromEntries(names.map((name, j) => [name, cells[j]])), place);
}

function trec(cells: readonly string[], { place }: CellRow): NewRow<typeof QRELS> {
  if (cells.length !== 4) {
    throw new KitError(
      `Cannot read judgments: found ${cells.length} fields, wanted "query 0 document grade" or a header ` +
        `"query-id, corpus-id, score" with tabs or commas`,
      place,
    );
  }
  return { query_id: cells[0], doc_id: cells[2], grade: integerOf(cells[3], "grade", place) };
}
