import { type ExamplePassage, type Format, listField, type RecordRow, textField } from "./example.ts";

/** Tevatron's JSON lines: query_id, query, positive_passages, negative_passages, with docid, title and text each. */
export const tevatron: Format = {
  about: "Tevatron: query_id, query, positive_passages[], negative_passages[] of docid, title, text",
  write(examples) {
    const passages = (side: readonly ExamplePassage[], prefix: string) =>
      // A written negative has no document; its id says where it stands.
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
  read(row, fail) {
    const side = (field: string) =>
      listField(row, field, "object", fail).map((passage: RecordRow) => ({
        id: textField(passage, "docid", () => fail(field, "a docid in every passage")),
        title: typeof passage.title === "string" ? passage.title : "",
        text: textField(passage, "text", () => fail(field, "a text in every passage")),
      }));
    return {
      query_id: textField(row, "query_id", fail),
      query: textField(row, "query", fail),
      positives: side("positive_passages"),
      negatives: side("negative_passages"),
    };
  },
};
