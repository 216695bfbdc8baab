import {
  type Example,
  type Fail,
  type Format,
  idField,
  listField,
  numberField,
  oneText,
  textField,
} from "./example.ts";
import type { RecordRow } from "./record_row.ts";

/**
 * Optional text fields of FlagEmbedding: an instruction for the query, the task's type. It reads a column of all rows, so
 * a row that lacks one gets a neutral value.
 */
const EXTRA: Readonly<Record<string, string>> = { prompt: "", type: "normal" };

/**
 * FlagEmbedding's JSON lines: query, pos, neg, and pos_scores with neg_scores where every passage of the file is scored.
 * Holds texts (title and text as one); reads ids from pos_id and neg_id.
 */
export const flagEmbedding: Format<"flagembedding"> = {
  name: "flagembedding",
  about: "FlagEmbedding: query, pos[], neg[], pos_scores[]?, neg_scores[]?",
  write(examples) {
    const unscored = examples.filter((example) => !scored(example)).length;
    const extra = Object.keys(EXTRA).filter((name) => examples.some((example) => example.extra?.[name] !== undefined));
    const rows = examples.map(({ query, positives, negatives, extra: own }) => ({
      query,
      pos: positives.map(oneText),
      neg: negatives.map(oneText),
      ...(unscored === 0 && {
        pos_scores: positives.map(({ score }) => score),
        neg_scores: negatives.map(({ score }) => score),
      }),
      ...Object.fromEntries(extra.map((name) => [name, own?.[name] ?? EXTRA[name]])),
    }));
    return {
      rows,
      columns: {
        query: "text",
        pos: ["text"],
        neg: ["text"],
        ...(unscored === 0 && { pos_scores: ["number"] as const, neg_scores: ["number"] as const }),
        ...Object.fromEntries(extra.map((name) => [name, "text"])),
      },
      leftOut: 0,
      unscored,
    };
  },
  read(row, fail): Example {
    const extra = Object.fromEntries(
      Object.keys(EXTRA).filter((name) => row[name] != null).map((name) => [name, row[name]]),
    );
    return {
      query: textField(row, "query", fail),
      positives: side(row, "pos", fail),
      negatives: side(row, "neg", fail),
      extra,
    };
  },
};

/** Whether every passage has a score. */
function scored({ positives, negatives }: Example): boolean {
  return [...positives, ...negatives].every(({ score }) => score !== undefined);
}

/** The passages of one side, with scores and ids if the row has them. */
function side(row: RecordRow, field: "pos" | "neg", fail: Fail) {
  const texts = listField(row, field, "string", fail);
  const beside = (name: string) => {
    if (row[name] == null) return undefined;
    const values = row[name];
    const unit = name.endsWith("id") ? "ids" : "scores";
    return Array.isArray(values) && values.length === texts.length
      ? values as unknown[]
      : fail(name, `${texts.length} ${unit}, one for every text`);
  };
  const ids = beside(`${field}_id`);
  const scores = beside(`${field}_scores`)?.map((score) => numberField(score, `${field}_scores`, fail));
  return texts.map((text, i) => ({
    text,
    ...(ids && ids[i] != null && { id: idField(ids[i], `${field}_id`, fail) }),
    ...(scores && { score: scores[i] }),
  }));
}
