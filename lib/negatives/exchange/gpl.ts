import { type Example, type ExamplePassage, type Format, idField, idList, listField, textField } from "./example.ts";
import type { RecordRow } from "./record_row.ts";

/**
 * GPL's hard-negatives.jsonl: qid, pos, neg by retriever, all as document ids. It cannot hold written negatives, which
 * have no id. In Parquet, `neg` is a list of retriever and docids.
 */
export const gpl: Format<"gpl"> = {
  name: "gpl",
  about: "GPL: qid, pos[] and neg{retriever: []} of document ids",
  write(examples) {
    let leftOut = 0;
    const rows = examples.flatMap(({ query_id, positives, negatives }) => {
      const neg: Record<string, string[]> = {};
      for (const { id, retriever = "imported" } of negatives) {
        if (id === undefined) leftOut++;
        else (neg[retriever] ??= []).push(id);
      }
      // A row whose negatives were all written has none left.
      return Object.keys(neg).length === 0 ? [] : [{ qid: query_id, pos: positives.map(({ id }) => id), neg }];
    });
    return {
      rows,
      columns: { qid: "text", pos: ["text"], neg: [{ retriever: "text", docids: ["text"] }] },
      leftOut,
    };
  },
  read(row, fail): Example {
    const lists = Array.isArray(row.neg)
      ? listField(row, "neg", "object", fail).map((item): [string, RecordRow] => [
        textField(item, "retriever", () => fail("neg", "a retriever in every list")),
        { neg: item.docids },
      ])
      : typeof row.neg === "object" && row.neg !== null
      ? Object.entries(row.neg).map(([retriever, ids]): [string, RecordRow] => [retriever, { neg: ids }])
      : fail("neg", "lists of document ids by retriever");
    const negatives: ExamplePassage[] = lists.flatMap(([retriever, list]) =>
      idList(list, "neg", fail).map((id) => ({ id, retriever }))
    );
    const positives = idList(row, "pos", fail).map((id) => ({ id }));
    return { query_id: idField(row.qid, "qid", fail), positives, negatives };
  },
};
