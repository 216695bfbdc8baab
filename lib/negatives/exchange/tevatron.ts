import {
  type Example,
  type ExamplePassage,
  type Fail,
  type Format,
  idField,
  idList,
  listField,
  textField,
} from "./example.ts";
import type { RecordRow } from "./record_row.ts";

/**
 * Tevatron's JSON lines: query_id, query, positive_passages, negative_passages, with docid, title and text each. Also
 * reads its newer form of ids alone (positive_document_ids, negative_document_ids), and ids that are integers.
 */
export const tevatron: Format<"tevatron"> = {
  name: "tevatron",
  about: "Tevatron: query_id, query, positive_passages[], negative_passages[] of docid, title, text",
  write(examples) {
    const passages = (side: readonly ExamplePassage[], prefix: string) =>
      // A written negative has no document; its id is its position.
      side.map(({ id, title = "", text }, i) => ({ docid: id ?? `${prefix}-${i + 1}`, title, text }));
    const rows = examples.map(({ query_id, query, positives, negatives }) => ({
      query_id,
      query,
      positive_passages: passages(positives, `${query_id}-positive`),
      negative_passages: passages(negatives, `${query_id}-negative`),
    }));
    const side = [{ docid: "text", title: "text", text: "text" }] as const;
    return {
      rows,
      columns: { query_id: "text", query: "text", positive_passages: side, negative_passages: side },
      leftOut: 0,
    };
  },
  read(row, fail): Example {
    const query = textField(row, row.query == null && row.query_text != null ? "query_text" : "query", fail);
    const query_id = idField(row.query_id, "query_id", fail);
    if (row.positive_passages == null && row.positive_document_ids != null) {
      const ids = (field: string) => idList(row, field, fail).map((id) => ({ id }));
      return { query_id, query, positives: ids("positive_document_ids"), negatives: ids("negative_document_ids") };
    }
    const positives = passagesOf(row, "positive_passages", fail);
    return { query_id, query, positives, negatives: passagesOf(row, "negative_passages", fail) };
  },
};

function passagesOf(row: RecordRow, field: string, fail: Fail): ExamplePassage[] {
  return listField(row, field, "object", fail).map(({ docid, title, text }) => ({
    id: idField(docid, field, () => fail(field, "a docid in every passage, a text or an integer")),
    title: title == null ? "" : typeof title === "string" ? title : fail(field, "a text or null as every title"),
    text: typeof text === "string" ? text : fail(field, "a text in every passage"),
  }));
}
