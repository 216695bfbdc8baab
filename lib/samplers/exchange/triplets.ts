import { type Format, oneText, textField } from "./example.ts";

/**
 * sentence-transformers' triplets: anchor, positive, negative; a row for every pair of positive and negative. Holds texts
 * alone (title and text as one), and no query without negatives.
 */
export const triplets: Format = {
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
  read: (row, fail) => ({
    query: textField(row, "anchor", fail),
    positives: [{ text: textField(row, "positive", fail) }],
    negatives: [{ text: textField(row, "negative", fail) }],
  }),
};
