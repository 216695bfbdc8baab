import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError, KitError, type Place } from "../../core/errors.ts";
import { digestCollection } from "../../data/digest.ts";
import { passageText } from "../../data/passage.ts";
import { CORPUS, NEGATIVES, type NewRow, QRELS, QUERIES, type Source, SOURCES } from "../../data/schema.ts";
import type { Table } from "../../data/table.ts";
import { TableBuilder, tableOf } from "../../data/table_builder.ts";
import type { Collection } from "../../data/types.ts";
import type { Example, ExamplePassage } from "./example.ts";
import { formatOf } from "./export_negatives.ts";
import type { FormatName } from "./formats.ts";
import { eachRow } from "./records.ts";

/** Options of {@link importNegatives}. */
export interface ImportOptions {
  format: FormatName;
  /**
   * Collection that the negatives are for: queries and passages are told by id, else by text; a passage that it lacks is
   * kept as a written one. @default a collection is made of the file itself
   */
  collection?: Collection;
}

const IMPORT_OPTIONS: OptionKinds<ImportOptions> = { format: "string", collection: "object" };

/**
 * Reads negatives in the form of another library, from JSON lines or Parquet by the ending of `path`. Without a
 * collection, one is made of the file: its passages are the corpus, its positives the split `train`.
 *
 * @throws {ArgumentError} for an unknown format or ending, and for GPL's lists without a collection (they hold ids alone).
 * @throws {KitError} on a broken record, with file, line and field; on a query or id that the collection lacks.
 */
export async function importNegatives(
  path: string,
  options: ImportOptions,
): Promise<{ collection: Collection; negatives: Table<typeof NEGATIVES> }> {
  checkOptions<ImportOptions>("importNegatives", options, IMPORT_OPTIONS);
  const { format, collection } = options;
  const { read } = formatOf(format);
  if (format === "gpl" && !collection) {
    throw new ArgumentError("Cannot import GPL's lists without a collection: they hold document ids alone");
  }
  const reader = collection ? new Resolver(collection) : new Collector(path, format);
  let examples = 0;
  await eachRow(path, (row, place) => {
    const fail = (field: string, wanted: string): never => {
      throw new KitError(
        `Cannot read ${format}: found ${JSON.stringify(row[field])?.slice(0, 60) ?? "nothing"}, wanted ${wanted}`,
        { ...place, field },
      );
    };
    reader.add(read(row, fail), place);
    examples++;
  });
  if (examples === 0) throw new KitError("Cannot import negatives: the file holds none", { file: path });
  return reader.finish();
}

type NegativeRow = NewRow<typeof NEGATIVES>;

/** Gathers the negatives of a query over all rows that have it; what another row said already is not said again. */
abstract class Reader {
  readonly #rows = new Map<string, { seen: Map<string, Example>; rows: NegativeRow[] }>();

  abstract add(example: Example, place: Place): void;

  protected negative(
    query_id: string,
    { key, passage, example, place }: { key: string; passage: ExamplePassage; example: Example; place: Place },
    row: Partial<NegativeRow>,
  ) {
    if (passage.score !== undefined && !Number.isFinite(passage.score)) {
      throw new KitError(`Cannot import a negative of query "${query_id}": its score is ${passage.score}`, place);
    }
    let own = this.#rows.get(query_id);
    if (!own) this.#rows.set(query_id, own = { seen: new Map(), rows: [] });
    if (own.seen.has(key) && own.seen.get(key) !== example) return;
    own.seen.set(key, example);
    const { retriever } = passage;
    const known = retriever !== undefined && (SOURCES as readonly string[]).includes(retriever);
    const source = known ? retriever as Source : "imported";
    own.rows.push({
      query_id,
      source,
      model: known ? undefined : retriever,
      rank: own.rows.filter((other) =>
        other.source === source && other.model === (known ? undefined : retriever)
      ).length + 1,
      score: passage.score,
      verdict: "kept",
      ...row,
    });
  }

  protected table(): Table<typeof NEGATIVES> {
    const builder = new TableBuilder(NEGATIVES);
    for (const { rows } of this.#rows.values()) for (const row of rows) builder.append(row);
    return builder.finish();
  }

  abstract finish(): { collection: Collection; negatives: Table<typeof NEGATIVES> };
}

/** The lowest score of the positives, where all have one. */
function lowest(positives: readonly ExamplePassage[]): number | undefined {
  const scores = positives.map(({ score }) => score ?? NaN);
  return scores.length > 0 && scores.every(Number.isFinite) ? Math.min(...scores) : undefined;
}

/** Makes a collection of the file itself. */
class Collector extends Reader {
  readonly #path: string;
  readonly #format: string;
  readonly #queries = new Map<string, { id: string; text: string; metadata: string | null }>();
  readonly #documents = new Map<string, { id: string; title: string; text: string }>();
  readonly #qrels = new Map<string, { query_id: string; doc_id: string; grade: number }>();

  constructor(path: string, format: string) {
    super();
    this.#path = path;
    this.#format = format;
  }

  add(example: Example, place: Place): void {
    const text = example.query!;
    const key = example.query_id ?? text;
    let query = this.#queries.get(key);
    if (!query) {
      const { query_id: id = `q${this.#queries.size + 1}`, extra = {} } = example;
      const metadata = Object.keys(extra).length > 0 ? JSON.stringify({ [this.#format]: extra }) : null;
      this.#queries.set(key, query = { id, text, metadata });
    }
    for (const passage of example.positives) {
      const doc_id = this.#document(passage, place);
      this.#qrels.set(`${query.id}\t${doc_id}`, { query_id: query.id, doc_id, grade: 1 });
    }
    for (const passage of example.negatives) {
      const doc_id = this.#document(passage, place);
      const row = { doc_id, positive_score: lowest(example.positives) };
      this.negative(query.id, { key: doc_id, passage, example, place }, row);
    }
  }

  #document({ id, title = "", text = "" }: ExamplePassage, place: Place): string {
    const key = id ?? text;
    const known = this.#documents.get(key);
    if (!known) {
      const own = id ?? `d${this.#documents.size + 1}`;
      this.#documents.set(key, { id: own, title, text });
      return own;
    }
    if (known.title !== title || known.text !== text) {
      throw new KitError(`Cannot import document "${id}": it comes with two different texts`, place);
    }
    return known.id;
  }

  finish() {
    const tables = {
      corpus: tableOf(CORPUS, this.#documents.values()),
      queries: tableOf(QUERIES, this.#queries.values()),
      qrels: { train: tableOf(QRELS, this.#qrels.values()) },
    };
    const collection = { name: this.#path, ...tables, digest: digestCollection(tables), findings: [] };
    return { collection, negatives: this.table() };
  }
}

/** Finds queries and passages in a collection that is there. */
class Resolver extends Reader {
  readonly #collection: Collection;
  readonly #queries = new Set<string>();
  readonly #queryByText = new Map<string, string>();
  readonly #documents = new Set<string>();
  readonly #documentByText = new Map<string, string>();

  constructor(collection: Collection) {
    super();
    this.#collection = collection;
    for (const { id, text } of collection.queries.rows()) {
      this.#queries.add(id);
      if (!this.#queryByText.has(text)) this.#queryByText.set(text, id);
    }
    for (const { id, title, text } of collection.corpus.rows()) {
      this.#documents.add(id);
      const whole = passageText({ title, text });
      if (!this.#documentByText.has(whole)) this.#documentByText.set(whole, id);
    }
  }

  add(example: Example, place: Place): void {
    const { query_id, query = "" } = example;
    const id = query_id !== undefined && this.#queries.has(query_id) ? query_id : this.#queryByText.get(query);
    if (id === undefined) {
      throw new KitError(`Cannot import negatives of query "${query_id ?? query}": it is not in the collection`, place);
    }
    for (const passage of example.negatives) {
      const { id: given, title = "", text } = passage;
      const whole = text === undefined ? undefined : passageText({ title, text });
      const doc_id = given !== undefined && this.#documents.has(given)
        ? given
        : whole === undefined
        ? undefined
        : this.#documentByText.get(whole);
      if (doc_id === undefined && whole === undefined) {
        throw new KitError(`Cannot import document "${given}": it is not in the collection`, place);
      }
      const row = doc_id === undefined ? { title, text } : { doc_id };
      const key = `${passage.retriever ?? ""}\t${doc_id ?? whole}`;
      this.negative(id, { key, passage, example, place }, { ...row, positive_score: lowest(example.positives) });
    }
  }

  finish() {
    return { collection: this.#collection, negatives: this.table() };
  }
}
