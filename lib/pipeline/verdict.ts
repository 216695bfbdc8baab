import { compare, type Comparison } from "../evaluation/mod.ts";
import type { SCORES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";

/**
 * Whether fine-tuning made an encoder better on held-out documents.
 *
 * @category Pipeline
 */
export interface PipelineVerdict {
  /** What the interval says. */
  readonly kind: "better" | "worse" | "no difference shown";
  /** Means of the measure: before, after, and BM25's. */
  readonly means: { readonly before: number; readonly after: number; readonly bm25: number };
  /** Over queries. */
  readonly queries: Comparison;
  /** Over the documents that the queries were written for; undefined if there are fewer than two. */
  readonly documents?: Comparison;
  /** The verdict in one line. */
  readonly text: string;
}

/** What {@link verdict} compares. */
export interface VerdictInput {
  readonly measure: string;
  readonly before: Table<typeof SCORES>;
  readonly after: Table<typeof SCORES>;
  readonly bm25: Table<typeof SCORES>;
  /** Document of each query. */
  readonly documentOf: ReadonlyMap<string, string>;
  readonly seed: number;
}

/**
 * Compares an encoder before and after fine-tuning. Queries of one document resemble each other, so the verdict needs the
 * interval over documents on its side, too, where there are enough documents to have one.
 */
export function verdict({ measure, before, after, bm25, documentOf, seed }: VerdictInput): PipelineVerdict {
  const queries = compare(after, before, { measure, seed });
  const [x, y] = [byDocument(after, documentOf), byDocument(before, documentOf)];
  const documents = x.length > 1 ? compare(x, y, { seed }) : undefined;
  const intervals = [queries.interval, ...documents ? [documents.interval] : []];
  const kind = intervals.every(([low]) => low > 0)
    ? "better"
    : intervals.every(([, high]) => high < 0)
    ? "worse"
    : "no difference shown";
  const means = { before: mean(before), after: mean(after), bm25: mean(bm25) };
  const signed = (value: number) => (value < 0 ? "" : "+") + value.toFixed(3);
  const range = (of: Comparison) => `[${of.interval.map(signed).join(", ")}]`;
  const text = `VERDICT: ${kind}. ${measure} ${means.before.toFixed(3)} -> ${means.after.toFixed(3)}, difference ` +
    `${signed(queries.difference)}, 95 % interval ${range(queries)} over ${queries.queries} held-out queries` +
    `${documents ? `, ${range(documents)} over their ${documents.queries} documents` : ""}, p ${
      queries.p.toPrecision(2)
    }; ` +
    `BM25 ${means.bm25.toFixed(3)}`;
  return { kind, means, queries, documents, text };
}

function mean(scores: Table<typeof SCORES>): number {
  const values = scores.numbers("value");
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Means over the queries of each document, in the order of the documents' first query. */
function byDocument(scores: Table<typeof SCORES>, documentOf: ReadonlyMap<string, string>): Float64Array {
  const sums = new Map<string, { sum: number; count: number }>();
  const values = scores.numbers("value");
  let row = 0;
  for (const query of scores.column("query_id")) {
    const document = documentOf.get(query) ?? query;
    const entry = sums.get(document) ?? { sum: 0, count: 0 };
    entry.sum += values[row++];
    entry.count++;
    sums.set(document, entry);
  }
  return Float64Array.from(sums.values(), ({ sum, count }) => sum / count);
}
