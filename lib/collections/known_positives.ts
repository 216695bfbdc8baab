import { textKey } from "./equal_text.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import type { QUERIES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Positives } from "./positives.ts";

/**
 * Every document that is known to answer a query: its own positives first, then those of the queries that ask the same
 * under another id ({@link textKey}). None of them may be its negative.
 *
 * @example
 * ```ts
 * import { knownPositives } from "./mod.ts";
 * import { loadCollection, positivesOf } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * console.log(knownPositives(facets.queries, positivesOf(facets)).size);
 * ```
 * @category Collections
 */
export function knownPositives(queries: Table<typeof QUERIES>, positives: Positives): Positives {
  const rows = rowsById(queries);
  const texts = queries.column("text");
  const groups = new Map<string, string[]>();
  for (const id of positives.keys()) {
    const row = rows.get(id);
    const key = row === undefined ? "" : textKey(texts.at(row));
    // An empty query equals no other query.
    if (key === "") continue;
    const group = groups.get(key);
    if (group) group.push(id);
    else groups.set(key, [id]);
  }
  const known = new Map(positives);
  for (const group of groups.values()) {
    if (group.length === 1) continue;
    const all = group.flatMap((id) => positives.get(id)!);
    for (const id of group) known.set(id, [...new Set([...positives.get(id)!, ...all])]);
  }
  return known;
}
