import { type Format, oneText } from "./example.ts";
import { readSentenceTransformers } from "./sentence_transformers.ts";

/**
 * sentence-transformers' triplets: anchor, positive, negative; one row for every pair of positive and negative. Holds
 * texts only (title and text as one). Reads every form that `mine_hard_negatives` writes.
 */
export const triplets: Format<"sentence-transformers-triplets"> = {
  name: "sentence-transformers-triplets",
  about: "sentence-transformers: anchor, positive, negative",
  write(examples) {
    const rows = examples.flatMap(({ query, positives, negatives }) =>
      positives.flatMap((positive) =>
        negatives.map((negative) => ({
          anchor: query,
          positive: oneText(positive),
          negative: oneText(negative),
        }))
      )
    );
    return { rows, columns: { anchor: "text", positive: "text", negative: "text" }, leftOut: 0 };
  },
  read: readSentenceTransformers,
};
