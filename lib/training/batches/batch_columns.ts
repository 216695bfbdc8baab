import type { TextInput } from "../../encoders/types.ts";

/** The texts of a batch, each once: queries, and the documents that become columns. */
export class BatchColumns {
  readonly texts: TextInput[] = [];
  /** Place in `texts` of each column. */
  readonly candidates: number[] = [];
  readonly #queries = new Map<string, number>();
  readonly #columns = new Map<string, number>();
  readonly #byKey = new Map<string, number[]>();

  /** Number of columns. */
  get count(): number {
    return this.candidates.length;
  }

  /** Place of a query's text. */
  query(text: string): number {
    const place = this.#queries.get(text) ?? this.texts.push({ text, kind: "query" }) - 1;
    this.#queries.set(text, place);
    return place;
  }

  /** Column of a document by its own key, the first one; the others are those of its text. */
  document(keys: readonly string[], text: () => string): number {
    const known = this.#columns.get(keys[0]);
    if (known !== undefined) return known;
    const column = this.candidates.push(this.texts.push({ text: text(), kind: "document" }) - 1) - 1;
    this.#columns.set(keys[0], column);
    for (const key of keys) this.#byKey.set(key, [...this.#byKey.get(key) ?? [], column]);
    return column;
  }

  /** Columns of all documents that have a key. */
  withKey(key: string): readonly number[] {
    return this.#byKey.get(key) ?? [];
  }
}
