import { KitError } from "../core/errors.ts";
import type { Passage } from "./passage.ts";
import type { CORPUS, NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";

/**
 * Title and text of a corpus by document id; decoded on demand.
 *
 * @category Collections
 */
export function documentsOf(corpus: Table<typeof CORPUS>): (doc_id: string) => Passage | undefined {
  const rows = new Map<string, number>();
  let row = 0;
  for (const id of corpus.column("id")) rows.set(id, row++);
  const [titles, texts] = [corpus.column("title"), corpus.column("text")];
  return (doc_id) => {
    const at = rows.get(doc_id);
    return at === undefined ? undefined : { title: titles.at(at), text: texts.at(at) };
  };
}

/**
 * Returns a negative's passage by row: its own title and text if it was generated, its document's if it was mined.
 *
 * @throws {KitError} on reading a row whose document is not in the corpus, or that has neither document nor text.
 * @category Collections
 */
export function passagesOf(
  negatives: Table<typeof NEGATIVES>,
  corpus: Table<typeof CORPUS>,
): (row: number) => Passage {
  const document = documentsOf(corpus);
  const [ids, titles, texts] = [negatives.column("doc_id"), negatives.column("title"), negatives.column("text")];
  return (row) => {
    const id = ids.at(row);
    if (id === null) {
      const text = texts.at(row);
      if (text === null) throw new KitError(`Cannot read negative ${row}: it has neither doc_id nor text`);
      return { title: titles.at(row) ?? "", text };
    }
    const passage = document(id);
    if (!passage) throw new KitError(`Cannot read negative ${row}: document "${id}" is not in the corpus`);
    return passage;
  };
}
