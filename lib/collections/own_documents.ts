import { passageText } from "./passage.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import type { Collection } from "./types.ts";

/**
 * Queries that are also documents, by id and text, as in ArguAna: query id -> document ids. A query does not answer
 * itself, so searches exclude it, as BEIR and MTEB do.
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * import { ownDocuments } from "./mod.ts";
 * console.log(ownDocuments(await loadCollection("facets")).size); // 0
 * ```
 * @category Collections
 */
export function ownDocuments(
  { corpus, queries }: Pick<Collection, "corpus" | "queries">,
): Map<string, readonly string[]> {
  const rows = rowsById(corpus);
  const [titles, bodies] = [corpus.column("title"), corpus.column("text")];
  const texts = queries.column("text");
  const own = new Map<string, readonly string[]>();
  let query = 0;
  for (const id of queries.column("id")) {
    const text = texts.at(query++).trim();
    const row = rows.get(id);
    if (row === undefined) continue;
    const [title, body] = [titles.at(row), bodies.at(row)];
    if (text === body.trim() || text === passageText({ title, text: body }).trim()) own.set(id, [id]);
  }
  return own;
}
