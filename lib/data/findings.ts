import { RowIndex } from "./row_index.ts";
import { rowsById } from "./rows_by_id.ts";
import type { CORPUS, QRELS, QUERIES, Schema } from "./schema.ts";
import { selectRows } from "./select_rows.ts";
import type { Table } from "./table.ts";
import type { Collection, Finding } from "./types.ts";

/** The tables of a collection. */
export type Tables = Pick<Collection, "corpus" | "queries" | "qrels">;

/** How many examples a finding shows. */
const SHOWN = 3;

/** Counts under one name, the first few with an example. */
class Tally {
  readonly #findings = new Map<string, { count: number; examples: string[] }>();

  add(kind: string, example: () => string): void {
    let finding = this.#findings.get(kind);
    if (finding === undefined) this.#findings.set(kind, finding = { count: 0, examples: [] });
    if (finding.count++ < SHOWN) finding.examples.push(example());
  }

  findings(): Finding[] {
    return [...this.#findings].map(([kind, { count, examples }]) => ({ kind, count, examples }));
  }
}

/**
 * Reports what is odd: ids and judgements given twice (the first is kept, the others leave the tables), judgements that
 * point nowhere, queries without positives, documents without text.
 */
export function inspect(given: Tables): { tables: Tables; findings: Finding[] } {
  const tally = new Tally();
  const [corpus, documents] = uniqueIds(given.corpus, "document", tally);
  const [queries, asked] = uniqueIds(given.queries, "query", tally);
  const qrels = Object.fromEntries(
    Object.entries(given.qrels).map(([split, table]) => [split, uniqueJudgements(table, split, tally)]),
  );
  inspectCorpus(corpus, tally);
  const judged = new Uint8Array(queries.length);
  for (const [split, table] of Object.entries(qrels)) inspectSplit(split, table, documents, asked, judged, tally);
  if (Object.keys(qrels).length === 0) tally.add("no judgements at all", () => "no split");
  else {
    const ids = queries.column("id");
    judged.forEach((known, row) => known || tally.add("queries without a judgement in any split", () => ids.at(row)));
  }
  return { tables: { corpus, queries, qrels }, findings: tally.findings() };
}

function uniqueIds<S extends typeof CORPUS | typeof QUERIES>(
  table: Table<S>,
  what: string,
  tally: Tally,
): [Table<S>, ReadonlyMap<string, number>] {
  const ids = table.texts("id");
  const index = new RowIndex([ids]);
  if (index.duplicates.length === 0) return [table, index];
  for (const row of index.duplicates) tally.add(`${what} ids given twice (the first is kept)`, () => ids.at(row)!);
  const unique = without(table, index.duplicates);
  return [unique, rowsById(unique)];
}

function uniqueJudgements(table: Table<typeof QRELS>, split: string, tally: Tally): Table<typeof QRELS> {
  const queries = table.texts("query_id");
  const documents = table.texts("doc_id");
  const index = new RowIndex([queries, documents]);
  const grades = table.numbers("grade");
  for (const row of index.duplicates) {
    const pair = [queries.at(row)!, documents.at(row)!];
    const same = grades[index.get(...pair)!] === grades[row];
    const kind = `judgements given twice${same ? "" : " with different grades"} in ${split} (the first is kept)`;
    tally.add(kind, () => pair.join(" "));
  }
  return without(table, index.duplicates);
}

function without<S extends Schema>(table: Table<S>, rows: readonly number[]): Table<S> {
  if (rows.length === 0) return table;
  const dropped = new Set(rows);
  return selectRows(table, Array.from({ length: table.length }, (_, row) => row).filter((row) => !dropped.has(row)));
}

function inspectCorpus(corpus: Table<typeof CORPUS>, tally: Tally): void {
  const ids = corpus.column("id");
  const titles = corpus.texts("title");
  const texts = corpus.texts("text");
  for (let row = 0; row < corpus.length; row++) {
    if (texts.bytes(row)!.length === 0 && titles.bytes(row)!.length === 0) {
      tally.add("documents without a text", () => ids.at(row));
    }
  }
}

function inspectSplit(
  split: string,
  qrels: Table<typeof QRELS>,
  documents: ReadonlyMap<string, number>,
  queries: ReadonlyMap<string, number>,
  judged: Uint8Array,
  tally: Tally,
): void {
  const positives = new Map<string, boolean>();
  const queryIds = qrels.column("query_id");
  const docIds = qrels.column("doc_id");
  const grades = qrels.numbers("grade");
  for (let i = 0; i < qrels.length; i++) {
    const query = queryIds.at(i);
    const document = docIds.at(i);
    const known = documents.has(document);
    const row = queries.get(query);
    if (row === undefined) tally.add(`qrels of an unknown query in ${split}`, () => `${query} ${document}`);
    else judged[row] = 1;
    if (!known) tally.add(`qrels of an unknown document in ${split}`, () => `${query} ${document}`);
    positives.set(query, positives.get(query) === true || (grades[i] > 0 && known));
  }
  for (const [query, found] of positives) {
    if (!found) tally.add(`queries without a positive in ${split}`, () => query);
  }
}
