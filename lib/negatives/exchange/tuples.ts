import { type Format, oneText } from "./example.ts";
import { readSentenceTransformers } from "./sentence_transformers.ts";

/**
 * sentence-transformers' n-tuples: anchor, positive, negative_1 … negative_n. All rows have `count` negatives, by default
 * the smallest number that a query with negatives has. Queries with fewer and surplus negatives are left out.
 * Reads every form that `mine_hard_negatives` writes.
 */
export const tuples: Format<"sentence-transformers-tuples"> = {
  name: "sentence-transformers-tuples",
  about: "sentence-transformers: anchor, positive, negative_1 … negative_n",
  write(examples, { count }) {
    const sizes = examples.map(({ negatives }) => negatives.length).filter((size) => size > 0);
    const n = count ?? Math.min(...sizes, Infinity);
    const names = Array.from({ length: Number.isFinite(n) ? n : 0 }, (_, i) => `negative_${i + 1}`);
    let held = 0;
    const rows = examples.filter(({ negatives }) => negatives.length >= n).flatMap(
      ({ query, positives, negatives }) => {
        held += n;
        const columns = Object.fromEntries(names.map((name, i) => [name, oneText(negatives[i])]));
        return positives.map((positive) => ({ anchor: query, positive: oneText(positive), ...columns }));
      },
    );
    const texts = Object.fromEntries(["anchor", "positive", ...names].map((name) => [name, "text" as const]));
    return { rows, columns: texts, leftOut: sizes.reduce((a, b) => a + b, 0) - held };
  },
  read: readSentenceTransformers,
};
