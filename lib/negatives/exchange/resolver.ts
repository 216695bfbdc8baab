import { KitError, type Place } from "../../core/errors.ts";
import { passageText } from "../../collections/passage.ts";
import type { Collection } from "../../collections/types.ts";
import { keyHash } from "../text/key_hash.ts";
import type { Example } from "./example.ts";
import { Reader } from "./reader.ts";

/** Finds queries and passages in a given collection: by id, else by text (`equalText`). */
export class Resolver extends Reader {
  readonly #collection: Collection;
  readonly #queries: Texts;
  readonly #documents: Texts;

  constructor(collection: Collection) {
    super();
    this.#collection = collection;
    const { queries, corpus } = collection;
    this.#queries = new Texts(queries.column("id"), queries.column("text"));
    const [titles, texts] = [corpus.column("title"), corpus.column("text")];
    this.#documents = new Texts(corpus.column("id"), {
      at: (row) => passageText({ title: titles.at(row), text: texts.at(row) }),
    });
  }

  add(example: Example, place: Place): void {
    const { query_id, query } = example;
    const id = this.#queries.find(query_id, query);
    if (id === undefined) {
      throw new KitError(`Cannot import negatives of query "${query_id ?? query}": it is not in the collection`, place);
    }
    for (const passage of example.positives) this.positive(id, passage, place);
    for (const passage of example.negatives) {
      const { id: given, title = "", text } = passage;
      const whole = text === undefined ? undefined : passageText({ title, text });
      const doc_id = this.#documents.find(given, whole);
      if (doc_id === undefined && whole === undefined) {
        throw new KitError(`Cannot import document "${given}": it is not in the collection`, place);
      }
      const row = doc_id === undefined ? { title, text } : { doc_id };
      const key = `${passage.retriever ?? ""}\t${doc_id ?? whole}`;
      this.negative(id, { key, passage, example, place }, row);
    }
  }

  finish() {
    return { collection: this.#collection, negatives: this.table() };
  }
}

/** Ids of a table, found directly or by text. Of equal texts the one typed alike comes first, else the first row. */
class Texts {
  readonly #ids = new Set<string>();
  readonly #rows = new Map<number, { row: number; id: string }[]>();
  readonly #texts: { at(row: number): string };

  constructor(ids: Iterable<string>, texts: { at(row: number): string }) {
    this.#texts = texts;
    let row = 0;
    for (const id of ids) {
      this.#ids.add(id);
      const key = keyHash(texts.at(row));
      const rows = this.#rows.get(key);
      if (rows) rows.push({ row, id });
      else if (key !== 0) this.#rows.set(key, [{ row, id }]);
      row++;
    }
  }

  find(id: string | undefined, text: string | undefined): string | undefined {
    if (id !== undefined && this.#ids.has(id)) return id;
    const rows = text === undefined ? undefined : this.#rows.get(keyHash(text));
    return (rows?.find(({ row }) => this.#texts.at(row) === text) ?? rows?.[0])?.id;
  }
}
