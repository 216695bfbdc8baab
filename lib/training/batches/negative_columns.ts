import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";

/** Columns of a table of negatives that training reads. */
export type NegativeColumns = ReturnType<typeof negativeColumns>;

/** Opens the columns that training reads, once. */
export function negativeColumns(negatives: Table<typeof NEGATIVES>) {
  return {
    length: negatives.length,
    query_id: negatives.column("query_id"),
    doc_id: negatives.column("doc_id"),
    verdict: negatives.column("verdict"),
    grade: negatives.column("grade"),
    recipe: negatives.column("recipe"),
    source: negatives.column("source"),
    score: negatives.column("score"),
    positive_score: negatives.column("positive_score"),
    title: negatives.column("title"),
    weight: negatives.column("weight"),
    text: negatives.column("text"),
  };
}
