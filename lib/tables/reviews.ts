import { column, optional } from "./column.ts";
import type { Column, Schema } from "./types.ts";
import { VERDICTS } from "./verdicts.ts";

/**
 * Verdicts of a person on candidates, one row for each query and passage, as the explorer's review mode saves them.
 *
 * @category Tables
 */
export const REVIEWS: Schema<
  {
    query_id: Column<"utf8", false>;
    doc_id: Column<"utf8", true>;
    title: Column<"utf8", true>;
    text: Column<"utf8", true>;
    verdict: Column<"label", false>;
    reviewer: Column<"utf8", true>;
    reason: Column<"utf8", true>;
  }
> = {
  name: "REVIEWS",
  columns: {
    query_id: column("utf8", "query id"),
    doc_id: optional("utf8", "document id; null if the passage was written"),
    title: optional("utf8", "title; null if doc_id is set"),
    text: optional("utf8", "text; null if doc_id is set"),
    verdict: column("label", "kept, dropped or relabeled", VERDICTS),
    reviewer: optional("utf8", "who decided"),
    reason: optional("utf8", "why"),
  },
};
