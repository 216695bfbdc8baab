import { ownDocuments } from "../../collections/own_documents.ts";
import type { Collection } from "../../collections/types.ts";
import { loadEncoder } from "../../encoders/mod.ts";
import { evaluate, evaluateEncoder } from "../../evaluation/mod.ts";
import { bm25 } from "../../retrieval/mod.ts";
import { SCORES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { selectRows } from "../../tables/select_rows.ts";
import { type PipelineVerdict, verdict } from "../verdict.ts";
import type { Stage } from "../stage.ts";

/** Measures the encoder before and after on the held-out queries, and BM25 beside them. */
export async function verdictStage(
  stage: Stage,
  collection: Collection,
  { tuned, documentOf }: { tuned: string; documentOf: ReadonlyMap<string, string> },
): Promise<PipelineVerdict> {
  const { folder, settings: { measure, seed, analyzer }, encoder, signal, tell } = stage;
  tell("Measuring on the held-out documents");
  const options = { split: "test", measures: [measure], signal };
  const before = await folder.table(
    "scores-before.arrow",
    SCORES,
    async () => (await evaluateEncoder(encoder, collection, options)).scores,
  );
  const after = await folder.table("scores-after.arrow", SCORES, async () => {
    const own = await loadEncoder(tuned);
    try {
      return (await evaluateEncoder(own, collection, options)).scores;
    } finally {
      await own.dispose();
    }
  });
  const lexical = await folder.table(
    "scores-bm25.arrow",
    SCORES,
    () => bm25Scores(collection, { measure, analyzer, signal }),
  );
  return await folder.json("verdict.json", () => verdict({ measure, before, after, bm25: lexical, documentOf, seed }));
}

async function bm25Scores(
  collection: Collection,
  { measure, analyzer, signal }: { measure: string; analyzer?: string; signal?: AbortSignal },
): Promise<Table<typeof SCORES>> {
  const judged = new Set(collection.qrels.test.column("query_id"));
  const ids = collection.queries.column("id");
  const rows = Array.from({ length: ids.length }, (_, i) => i).filter((i) => judged.has(ids.at(i)));
  const index = await bm25(collection.corpus, { analyzer, signal });
  const run = await index.searchAll(selectRows(collection.queries, rows), {
    depth: 1000,
    excluded: ownDocuments(collection),
    signal,
  });
  return evaluate(run, collection.qrels.test, [measure], { complete: true });
}
