import { rowsById } from "./rows_by_id.ts";
import type { QRELS } from "./schema.ts";
import type { Table } from "./table.ts";
import type { Collection, Finding } from "./types.ts";

/** How many examples a finding shows. */
const SHOWN = 3;

/** Counts under one name, the first few with an example. */
export class Tally {
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

/** What is odd in a collection: judgements that point nowhere, queries without positives, documents without text. */
export function inspect({ corpus, queries, qrels }: Pick<Collection, "corpus" | "queries" | "qrels">): Finding[] {
  const tally = new Tally();
  const ids = corpus.column("id");
  const titles = corpus.column("title");
  const texts = corpus.column("text");
  for (let i = 0; i < corpus.length; i++) {
    if (texts.at(i) === "" && titles.at(i) === "") tally.add("documents without a text", () => ids.at(i));
  }
  const documents = rowsById(corpus);
  const asked = rowsById(queries);
  const judged = new Uint8Array(queries.length);
  for (const [split, table] of Object.entries(qrels)) {
    inspectSplit(split, table, documents, asked, judged, tally);
  }
  for (const [id, row] of asked) {
    if (judged[row] === 0) tally.add("queries without a judgement in any split", () => id);
  }
  return tally.findings();
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
