import { type Example, type Format, listField, oneText, textField } from "./example.ts";

/** Text fields that FlagEmbedding may have beside: an instruction for the query, the task's type. */
const EXTRA = ["prompt", "type"] as const;

/**
 * FlagEmbedding's JSON lines: query, pos, neg, and pos_scores with neg_scores where every passage of the query is scored.
 * Holds texts (title and text as one) and queries without negatives.
 */
export const flagEmbedding: Format = {
  about: "FlagEmbedding: query, pos[], neg[], pos_scores[]?, neg_scores[]?",
  write(examples) {
    const rows = examples.map(({ query, positives, negatives, extra }) => ({
      query,
      pos: positives.map(oneText),
      neg: negatives.map(oneText),
      ...([...positives, ...negatives].every(({ score }) => score !== undefined) && {
        pos_scores: positives.map(({ score }) => score),
        neg_scores: negatives.map(({ score }) => score),
      }),
      ...extra,
    }));
    const scored = rows.some((row) => "pos_scores" in row);
    return {
      rows,
      columns: {
        query: "text",
        pos: ["text"],
        neg: ["text"],
        ...(scored && { pos_scores: ["number"] as const, neg_scores: ["number"] as const }),
        ...Object.fromEntries(EXTRA.filter((name) => rows.some((row) => name in row)).map((name) => [name, "text"])),
      },
      leftOut: 0,
    };
  },
  read(row, fail): Example {
    const side = (field: "pos" | "neg") => {
      const texts = listField(row, field, "string", fail);
      if (row[`${field}_scores`] == null) return texts.map((text) => ({ text }));
      const scores = listField(row, `${field}_scores`, "number", fail);
      if (scores.length !== texts.length) fail(`${field}_scores`, `${texts.length} scores`);
      return texts.map((text, i) => ({ text, score: scores[i] }));
    };
    const extra = Object.fromEntries(EXTRA.filter((name) => row[name] != null).map((name) => [name, row[name]]));
    return { query: textField(row, "query", fail), positives: side("pos"), negatives: side("neg"), extra };
  },
};
