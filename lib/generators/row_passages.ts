import type { Passage } from "../collections/passage.ts";
import type { Collection } from "../collections/types.ts";
import { rowsById } from "../tables/rows_by_id.ts";

/** The columns of a row of negatives that hold its passage. */
interface NegativeRow {
  readonly doc_id: string | null;
  readonly title: string | null;
  readonly text: string | null;
}

/** A function that returns the passage of a row of negatives: a document of the corpus, or the written text. */
export function rowPassages(collection: Collection): (row: NegativeRow) => Passage | undefined {
  const rows = rowsById(collection.corpus);
  return ({ doc_id, title, text }) => {
    const row = doc_id === null ? undefined : rows.get(doc_id);
    if (row !== undefined) return collection.corpus.row(row);
    return text === null ? undefined : { title: title ?? "", text };
  };
}
