import { RowIndex } from "../tables/row_index.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import type { CORPUS, QRELS, QUERIES, Schema } from "../tables/schema.ts";
import { selectRows } from "../tables/select_rows.ts";
import type { Table } from "../tables/table.ts";
import { textKey } from "./equal_text.ts";
import { Tally } from "../files/tally.ts";
import type { Finding } from "../files/finding.ts";
import type { Collection } from "./types.ts";

/** The tables of a collection. */
export type Tables = Pick<Collection, "corpus" | "queries" | "qrels">;

/**
 * Finds irregularities: duplicate ids and judgments (the first is kept, the others are removed), judgments of unknown
 * queries or documents, queries without positives, equal queries, documents and queries without text.
 *
 * @param tally Irregularities found in the files.
 */
export function inspect(given: Tables, tally = new Tally()): { tables: Tables; findings: Finding[] } {
  const [corpus, documents] = uniqueIds(given.corpus, "document", tally);
  const [queries, asked] = uniqueIds(given.queries, "query", tally);
  const qrels = Object.fromEntries(
    Object.entries(given.qrels).map(([split, table]) => [split, uniqueJudgments(table, split, tally)]),
  );
  inspectCorpus(corpus, tally);
  inspectQueries(queries, tally);
  const judged = new Uint8Array(queries.length);
  for (const [split, table] of Object.entries(qrels)) {
    inspectSplit(split, table, { documents, queries: asked, judged, tally });
  }
  if (Object.keys(qrels).length === 0) tally.add("no judgments at all", () => "no split");
  else {
    const ids = queries.column("id");
    judged.forEach((known, row) => known || tally.add("queries without a judgment in any split", () => ids.at(row)));
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

function uniqueJudgments(table: Table<typeof QRELS>, split: string, tally: Tally): Table<typeof QRELS> {
  const queries = table.texts("query_id");
  const documents = table.texts("doc_id");
  const index = new RowIndex([queries, documents]);
  const grades = table.numbers("grade");
  for (const row of index.duplicates) {
    const pair = [queries.at(row)!, documents.at(row)!];
    const same = grades[index.get(...pair)!] === grades[row];
    const kind = `judgments given twice${same ? "" : " with different grades"} in ${split} (the first is kept)`;
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

/** Queries without a text, and queries that ask the same under another id. */
function inspectQueries(queries: Table<typeof QUERIES>, tally: Tally): void {
  const ids = queries.column("id");
  const first = new Map<string, number>();
  let row = 0;
  for (const text of queries.column("text")) {
    const [key, here] = [textKey(text), row++];
    if (key === "") {
      tally.add("queries without a text", () => ids.at(here));
      continue;
    }
    const before = first.get(key);
    if (before === undefined) first.set(key, here);
    else tally.add("queries with the text of another query", () => `${ids.at(here)} = ${ids.at(before)}`);
  }
}

/** Finds ids that differ from a missing one in white space, case or Unicode form alone. */
class NearIds {
  readonly #known: ReadonlyMap<string, number>;
  #folded: Map<string, string> | undefined;

  constructor(known: ReadonlyMap<string, number>) {
    this.#known = known;
  }

  /** The id that was probably meant. */
  of(id: string): string | undefined {
    this.#folded ??= new Map([...this.#known.keys()].map((other) => [folded(other), other]));
    return this.#folded.get(folded(id));
  }
}

function folded(id: string): string {
  return id.normalize("NFKC").replaceAll(/[\s"]+/g, "").toLowerCase().replace(/\.0$/, "");
}

/** What judgments are held against, and what is noted of them. */
interface Known {
  readonly documents: ReadonlyMap<string, number>;
  readonly queries: ReadonlyMap<string, number>;
  /** By row of the queries: 1 once a judgment names it. */
  readonly judged: Uint8Array;
  readonly tally: Tally;
}

function inspectSplit(
  split: string,
  qrels: Table<typeof QRELS>,
  { documents, queries, judged, tally }: Known,
): void {
  const positives = new Map<string, boolean>();
  const near = { query: new NearIds(queries), document: new NearIds(documents) };
  const unknown = (what: "query" | "document", id: string, pair: string) => {
    tally.add(`qrels of an unknown ${what} in ${split}`, () => pair);
    const meant = near[what].of(id);
    if (meant === undefined) return;
    const kind = `of them with an id that differs from a ${what}'s in white space, case or Unicode form alone`;
    tally.add(kind, () => `${JSON.stringify(id)} for ${JSON.stringify(meant)}`);
  };
  const queryIds = qrels.column("query_id");
  const docIds = qrels.column("doc_id");
  const grades = qrels.numbers("grade");
  for (let i = 0; i < qrels.length; i++) {
    const query = queryIds.at(i);
    const document = docIds.at(i);
    const known = documents.has(document);
    const row = queries.get(query);
    if (row === undefined) unknown("query", query, `${query} ${document}`);
    else judged[row] = 1;
    if (!known) unknown("document", document, `${query} ${document}`);
    positives.set(query, positives.get(query) === true || (grades[i] > 0 && known));
  }
  for (const [query, found] of positives) {
    if (!found) tally.add(`queries without a positive in ${split}`, () => query);
  }
}
