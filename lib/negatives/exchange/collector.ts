import { stringifyJson } from "../../files/exact_json.ts";
import { KitError, type Place } from "../../core/errors.ts";
import { LoadedCollection } from "../../collections/loaded_collection.ts";
import { CORPUS, QRELS, QUERIES } from "../../tables/schema.ts";
import { tableOf } from "../../tables/table_builder.ts";
import type { Example, ExamplePassage } from "./example.ts";
import { Reader } from "./reader.ts";

/** Builds a collection from the file itself. */
export class Collector extends Reader {
  readonly #path: string;
  readonly #format: string;
  readonly #queries = new Map<string, { id: string; text: string; metadata: string | null }>();
  readonly #documents = new Map<string, { id: string; title: string; text: string }>();
  readonly #ids = new Set<string>();
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
      const metadata = Object.keys(extra).length > 0 ? stringifyJson({ [this.#format]: extra }) : null;
      this.#queries.set(key, query = { id, text, metadata });
    } else if (query.text !== text) {
      throw new KitError(`Cannot import query "${query.id}": its rows have two different texts`, place);
    }
    for (const passage of example.positives) {
      const doc_id = this.#document(passage, place);
      this.positive(query.id, passage, place);
      this.#qrels.set(`${query.id}\t${doc_id}`, { query_id: query.id, doc_id, grade: 1 });
    }
    for (const passage of example.negatives) {
      const doc_id = this.#document(passage, place);
      this.negative(query.id, { key: doc_id, passage, example, place }, { doc_id });
    }
  }

  #document({ id, title = "", text }: ExamplePassage, place: Place): string {
    if (text === undefined) {
      throw new KitError(`Cannot import document "${id}" without a collection: its row holds ids only`, place);
    }
    const key = id === undefined ? `text ${text}` : `id ${id}`;
    const known = this.#documents.get(key);
    if (!known) {
      const own = id ?? this.#freeId();
      if (this.#ids.has(own)) {
        throw new KitError(`Cannot import document "${own}": a passage without an id got that name`, place);
      }
      this.#ids.add(own);
      this.#documents.set(key, { id: own, title, text });
      return own;
    }
    if (known.title !== title || known.text !== text) {
      throw new KitError(`Cannot import document "${id}": its rows have two different texts`, place);
    }
    return known.id;
  }

  /** An id for a passage without one: its number, skipping ids in use. */
  #freeId(): string {
    let number = this.#documents.size + 1;
    while (this.#ids.has(`d${number}`)) number++;
    return `d${number}`;
  }

  finish() {
    const tables = {
      corpus: tableOf(CORPUS, this.#documents.values()),
      queries: tableOf(QUERIES, this.#queries.values()),
      qrels: { train: tableOf(QRELS, this.#qrels.values()) },
    };
    return { collection: new LoadedCollection({ name: this.#path, ...tables }), negatives: this.table() };
  }
}
