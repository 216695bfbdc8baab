import type { NEGATIVES, Verdict } from "../../tables/schema.ts";
import type { REVIEWS } from "../../tables/reviews.ts";
import type { Table } from "../../tables/table.ts";

/**
 * A table with a verdict on a query and a passage in each row.
 *
 * @category Negatives
 */
export type Judged = Table<typeof REVIEWS> | Table<typeof NEGATIVES>;

/** What identifies a passage of a query: its document, or its own title and text. */
export interface PairColumns {
  readonly query_id: string;
  readonly doc_id: string | null;
  readonly title: string | null;
  readonly text: string | null;
}

/** The same for the same query and passage, in whatever table, from whatever source. */
export function pairKey({ query_id, doc_id, title, text }: PairColumns): string {
  return JSON.stringify(doc_id === null ? [query_id, title ?? "", text ?? ""] : [query_id, doc_id]);
}

/** A verdict on a pair, with the row that gave it. */
export interface PairVerdict {
  readonly row: number;
  readonly verdict: Verdict;
}

/**
 * Verdicts by pair, in the order of the rows.
 *
 * @param conflict Called with two rows that disagree on a pair; the pair is left out.
 */
export function verdictsByPair(
  table: Judged,
  conflict: (first: number, second: number) => void,
): Map<string, PairVerdict> {
  const found = new Map<string, PairVerdict>();
  const disputed = new Set<string>();
  let row = 0;
  for (const cells of table.rows()) {
    const key = pairKey(cells);
    const before = found.get(key);
    if (!before) found.set(key, { row, verdict: cells.verdict as Verdict });
    else if (before.verdict !== cells.verdict) {
      conflict(before.row, row);
      disputed.add(key);
    }
    row++;
  }
  for (const key of disputed) found.delete(key);
  return found;
}
