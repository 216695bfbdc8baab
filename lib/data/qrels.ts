import { KitError, type Place } from "../core/errors.ts";
import { eachLine, type ReadOptions } from "./lines.ts";
import { integerOf, judgementOf, looksJudged } from "./records.ts";
import { type NewRow, QRELS } from "./schema.ts";
import type { ByteSource } from "./source.ts";
import type { Table } from "./table.ts";
import { TableBuilder } from "./table_builder.ts";

/**
 * Judgements as text. The first line tells the form: BEIR's (`query-id  corpus-id  score`, tabs, a header), the same
 * without a header, or TREC's (`query 0 document grade`, any white space).
 */
export async function readQrelsText(source: ByteSource, options?: ReadOptions): Promise<Table<typeof QRELS>> {
  const builder = new TableBuilder(QRELS);
  let read: ((line: string, place: Place) => NewRow<typeof QRELS>) | undefined;
  await eachLine(source, (line, number) => {
    const place = { file: source.name, line: number };
    if (read === undefined) {
      const names = line.split("\t").map((name) => name.trim().replace(/^"|"$/g, ""));
      if (looksJudged(names)) {
        read = (row, place) => judgementOf(fieldsOf(row, names, place), place);
        return;
      }
      const count = names.length;
      read = count === 3 ? headless : trec;
    }
    builder.append(read(line, place));
  }, options);
  const qrels = builder.finish();
  if (qrels.length === 0) throw new KitError("Cannot read judgements: there are none", { file: source.name });
  return qrels;
}

function fieldsOf(line: string, names: readonly string[], place: Place): Record<string, string> {
  const cells = line.split("\t");
  if (cells.length !== names.length) {
    throw new KitError(`Cannot read judgements: found ${cells.length} fields, wanted ${names.join(", ")}`, place);
  }
  return Object.fromEntries(names.map((name, j) => [name, cells[j].trim()]));
}

function headless(line: string, place: Place): NewRow<typeof QRELS> {
  return judgementOf(fieldsOf(line, ["query-id", "corpus-id", "score"], place), place);
}

function trec(line: string, place: Place): NewRow<typeof QRELS> {
  const cells = line.trim().split(/\s+/);
  if (cells.length !== 4) {
    throw new KitError(
      `Cannot read judgements: found ${cells.length} fields, wanted "query 0 document grade" or a header ` +
        `"query-id, corpus-id, score" with tabs`,
      place,
    );
  }
  return { query_id: cells[0], doc_id: cells[2], grade: integerOf(cells[3], "grade", place) };
}
