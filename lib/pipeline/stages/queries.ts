import { passageText } from "../../collections/passage.ts";
import { KitError } from "../../core/errors.ts";
import { encodeToCompare } from "../../encoders/mod.ts";
import { generateQueries } from "../../generators/mod.ts";
import { bm25, denseSearch } from "../../retrieval/mod.ts";
import { QRELS, QUERIES } from "../../tables/schema.ts";
import type { CORPUS } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { tableOf } from "../../tables/table_builder.ts";
import { asking, checkAnswered, collectionOf, type Outcomes, type Stage } from "../stage.ts";
import { sampleChunks } from "./sample.ts";

/** Queries with the passage that each was written for. */
export interface QueriesStage {
  readonly queries: Table<typeof QUERIES>;
  /** Grade 1 for the passage that a query was written for. */
  readonly source: Table<typeof QRELS>;
  /** Queries written, repeated, lost on the round trip, kept; and how the requests ended. */
  readonly counts: {
    readonly passages: number;
    readonly written: number;
    readonly repeated: number;
    readonly lost: number;
    readonly kept: number;
    readonly outcomes: Outcomes;
  };
}

/** Has queries written for a sample of chunks, and keeps those whose chunk BM25 or the encoder finds. */
export async function queriesStage(stage: Stage, corpus: Table<typeof CORPUS>): Promise<QueriesStage> {
  const { folder } = stage;
  let made: QueriesStage | undefined;
  const all = async () => made ??= await writeQueries(stage, corpus);
  const queries = await folder.table("queries.arrow", QUERIES, async () => (await all()).queries);
  const source = await folder.table("sources.arrow", QRELS, async () => (await all()).source);
  const counts = await folder.json("queries.json", async () => (await all()).counts);
  return { queries, source, counts };
}

async function writeQueries(stage: Stage, corpus: Table<typeof CORPUS>): Promise<QueriesStage> {
  const { settings: { passages, queries: count, seed }, tell } = stage;
  const sample = sampleChunks(corpus, { count: passages, seed });
  tell(`Writing ${count} queries for each of ${sample.length} passages`);
  const outcomes: Outcomes = {};
  const empty = { queries: tableOf(QUERIES, []), qrels: {} };
  const found = await generateQueries(collectionOf({ corpus: sample, ...empty }), {
    ...asking(stage, outcomes),
    count,
    seed,
  });
  checkAnswered(stage, outcomes, "writing queries");
  const all = [...found.queries.rows()];
  const known = new Set<string>();
  const fresh = all.filter(({ text }) => {
    const key = text.trim().toLowerCase();
    return !known.has(key) && known.add(key);
  });
  const sourceOf = new Map([...found.qrels.rows()].map(({ query_id, doc_id }) => [query_id, doc_id]));
  const returned = await roundTrip(stage, corpus, { queries: fresh, sourceOf });
  const kept = fresh.filter(({ id }) => returned.has(id));
  tell(`${kept.length} of ${all.length} queries find their passage`);
  if (kept.length === 0) {
    throw new KitError(
      `Cannot go on: of ${all.length} queries written none finds its passage (requests: ${told(outcomes)})`,
    );
  }
  return {
    queries: tableOf(QUERIES, kept),
    source: tableOf(QRELS, kept.map(({ id }) => ({ query_id: id, doc_id: sourceOf.get(id)!, grade: 1 }))),
    counts: {
      passages: sample.length,
      written: all.length,
      repeated: all.length - fresh.length,
      lost: fresh.length - kept.length,
      kept: kept.length,
      outcomes,
    },
  };
}

interface Asked {
  readonly queries: readonly { readonly id: string; readonly text: string }[];
  readonly sourceOf: ReadonlyMap<string, string>;
}

/** Ids of the queries whose passage is among the first that BM25 or the encoder finds. */
async function roundTrip(
  stage: Stage,
  corpus: Table<typeof CORPUS>,
  { queries, sourceOf }: Asked,
): Promise<Set<string>> {
  const { settings: { roundTrip: depth, analyzer }, encoder, signal } = stage;
  const index = await bm25(corpus, { analyzer, signal });
  const found = new Set<string>();
  for (const { id, text } of queries) {
    if (index.search(text, depth).some(({ doc_id }) => doc_id === sourceOf.get(id))) found.add(id);
  }
  const texts = Array.from(corpus.rows(), passageText);
  const vectors = await encodeToCompare(encoder, queries.map(({ text }) => text), { kind: "query", signal });
  const passages = await encodeToCompare(encoder, texts, { kind: "document", signal });
  const run = await denseSearch(vectors, passages, {
    ...{ depth, signal },
    ids: { queries: queries.map(({ id }) => id), documents: corpus },
  });
  for (const { query_id, doc_id } of run.rows()) if (doc_id === sourceOf.get(query_id)) found.add(query_id);
  return found;
}

/** Outcomes in words: "12 complete, 1 malformed". */
export function told(outcomes: Outcomes): string {
  return Object.entries(outcomes).map(([kind, count]) => `${count} ${kind}`).join(", ") || "none";
}
