import { dot } from "../core/dot.ts";
import { KitError } from "../core/errors.ts";
import { passageText } from "../collections/passage.ts";
import type { Collection } from "../collections/types.ts";
import type { Encoder } from "../encoders/types.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import { DistinctTexts } from "./distinct_texts.ts";

/** The texts of queries and documents that are compared, each once. */
export class PairTexts {
  readonly encoder: Encoder;
  readonly queries: DistinctTexts;
  readonly documents: DistinctTexts;
  readonly #collection: Collection;

  constructor(encoder: Encoder, collection: Collection) {
    this.encoder = encoder;
    this.queries = new DistinctTexts(encoder, "query");
    this.documents = new DistinctTexts(encoder, "document");
    this.#collection = collection;
  }

  addQuery(id: string): number {
    return this.queries.add(this.queryText(id));
  }

  /** The document of a negative, by its id or its own text. */
  addNegative(row: { doc_id: string | null; title: string | null; text: string | null }): number {
    return this.documents.add(this.negativeText(row));
  }

  addDocument(id: string): number {
    return this.documents.add(this.documentText(id));
  }

  queryText(id: string): string {
    const { queries } = this.#collection;
    const row = rowsById(queries).get(id);
    if (row === undefined) throw new KitError(`Cannot compare: negatives name query "${id}", which is not there`);
    return queries.column("text").at(row);
  }

  documentText(id: string): string {
    const { corpus } = this.#collection;
    const row = rowsById(corpus).get(id);
    if (row === undefined) throw new KitError(`Cannot compare: document "${id}" is not in the corpus`);
    return passageText(corpus.row(row));
  }

  negativeText({ doc_id, title, text }: { doc_id: string | null; title: string | null; text: string | null }): string {
    return doc_id === null ? passageText({ title: title ?? "", text: text ?? "" }) : this.documentText(doc_id);
  }

  similarity(query: number, document: number): number {
    return dot(this.queries.vector(query), this.documents.vector(document));
  }
}
