import { type Random, random } from "../../lib/core/random.ts";
import type { Passage } from "../../lib/collections/passage.ts";
import { CORPUS, NEGATIVES, type NewRow, QRELS, QUERIES, type Source } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import type { Collection } from "../../lib/collections/types.ts";
import type { Positives } from "../../lib/collections/positives.ts";

export type NegativeRow = NewRow<typeof NEGATIVES>;

/** A small collection of given passages, queries and train positives. */
export function collectionOf(
  passages: Record<string, Passage>,
  positives: Record<string, string[]>,
  complete?: Record<string, string[]>,
): Collection {
  const qrels = (judged: Record<string, string[]>) =>
    tableOf(
      QRELS,
      Object.entries(judged).flatMap(([query_id, ids]) => ids.map((doc_id) => ({ query_id, doc_id, grade: 1 }))),
    );
  return {
    name: "test",
    corpus: tableOf(CORPUS, Object.entries(passages).map(([id, passage]) => ({ id, ...passage }))),
    queries: tableOf(QUERIES, Object.keys(positives).map((id) => ({ id, text: `text of ${id}` }))),
    qrels: { train: qrels(positives), ...(complete && { complete: qrels(complete) }) },
    digest: "",
    findings: [],
  };
}

/** A random pool: ragged, with negative scores, ties, several positives, documents found by two sources. */
export function randomPool(seed: number, options: { queries?: number; most?: number } = {}) {
  const stream = random(seed).fork("pool");
  const queries = options.queries ?? 1 + stream.integer(4);
  const rows: NegativeRow[] = [];
  const positives = new Map<string, string[]>();
  for (let q = 0; q < queries; q++) {
    const query_id = `q${q}`;
    positives.set(query_id, Array.from({ length: 1 + stream.integer(3) }, (_, i) => `p${q}-${i}`));
    const positive_score = score(stream);
    for (const source of ["bm25", "dense", "synthetic"] as Source[]) {
      const count = stream.integer((options.most ?? 6) + 1);
      for (let rank = 1; rank <= count; rank++) {
        const verdict = stream.next() < 0.2 ? "dropped" as const : "kept" as const;
        rows.push({
          query_id,
          ...(source === "synthetic" ? { text: `written ${q} ${rank}` } : { doc_id: `d${stream.integer(8)}` }),
          source,
          rank,
          score: score(stream),
          positive_score,
          grade: 1 + stream.integer(4),
          verdict,
          reason: verdict === "dropped" ? "before: 1" : null,
        });
      }
    }
  }
  if (!rows.some((row) => row.verdict === "kept")) {
    rows.push({ query_id: "q0", doc_id: "d0", source: "bm25", rank: 99, score: 0, positive_score: 0, verdict: "kept" });
  }
  stream.fork("order").shuffle(rows);
  return { rows, table: tableOf(NEGATIVES, rows), positives: positives as Positives };
}

/** One of few values, so that ties are common; half of them below 0. */
function score(stream: Random): number {
  return (stream.integer(17) - 8) / 8;
}
