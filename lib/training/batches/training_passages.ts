import { type Passage, passageText } from "../../collections/passage.ts";
import { passageKeys } from "../../collections/passage_keys.ts";
import type { Collection } from "../../collections/types.ts";
import { sha256 } from "../../core/hash.ts";
import type { NegativeColumns } from "./negative_columns.ts";

/** Texts and keys of documents by id, and of negatives by row. */
export class TrainingPassages {
  readonly #columns: NegativeColumns;
  readonly #document: (id: string) => Passage;
  readonly #keys = new Map<string, readonly string[]>();

  constructor(corpus: Collection["corpus"], columns: NegativeColumns, rows: ReadonlyMap<string, number>) {
    const [title, text] = [corpus.column("title"), corpus.column("text")];
    this.#columns = columns;
    this.#document = (id) => ({ title: title.at(rows.get(id)!), text: text.at(rows.get(id)!) });
  }

  documentText(id: string): string {
    return passageText(this.#document(id));
  }

  /** Keys of a document, remembered. */
  documentKeys(id: string): readonly string[] {
    let keys = this.#keys.get(id);
    if (!keys) this.#keys.set(id, keys = hashed(this.#document(id)));
    return keys;
  }

  negativeText(row: number): string {
    const id = this.#columns.doc_id.at(row);
    return id === null ? passageText(this.#written(row)) : this.documentText(id);
  }

  negativeKeys(row: number): readonly string[] {
    const id = this.#columns.doc_id.at(row);
    return id === null ? hashed(this.#written(row)) : this.documentKeys(id);
  }

  #written(row: number): Passage {
    return { title: this.#columns.title.at(row) ?? "", text: this.#columns.text.at(row)! };
  }
}

/** Keys of a passage in little memory; passages without any text share one. */
function hashed(passage: Passage): string[] {
  const keys = passageKeys(passage);
  return keys.length === 0 ? [""] : keys.map((key) => sha256(key));
}
