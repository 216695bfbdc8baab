import type { Collection } from "../../collections/types.ts";
import type { Progress } from "../../core/progress.ts";
import { ownDocuments } from "../../collections/own_documents.ts";
import { checkEncoder } from "../../encoders/check_encoder.ts";
import type { Encoder } from "../../encoders/types.ts";
import { bm25 } from "../../retrieval/bm25.ts";
import { selectRows } from "../../tables/select_rows.ts";
import type { SCORES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { depthOf } from "../depth_of.ts";
import { evaluate } from "../evaluate.ts";
import { evaluateEncoder, qrelsOf } from "../evaluate_encoder.ts";

/** How a collection is measured. */
export interface SystemOptions {
  readonly split: string;
  readonly measures: readonly string[];
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** What a suite measures: an encoder, or BM25. */
export interface SuiteSystem {
  /** Its name in tables. */
  readonly name: string;
  /** Everything that decides its scores. */
  readonly fingerprint: string;
  /** Scores by judged query and measure. */
  evaluate(collection: Collection, options: SystemOptions): Promise<Table<typeof SCORES>>;
}

/** An encoder as a system; "bm25" is BM25 with the analyzer for the language of each collection. */
export function systemOf(encoder: Encoder | "bm25"): SuiteSystem {
  if (encoder === "bm25") return { name: "bm25", fingerprint: "bm25 lucene 0.9 0.4", evaluate: bm25Scores };
  checkEncoder("evaluateSuite", encoder);
  return {
    name: encoder.name,
    fingerprint: `${encoder.fingerprint("query")} ${encoder.fingerprint("document")}`,
    evaluate: async (collection, options) => (await evaluateEncoder(encoder, collection, options)).scores,
  };
}

async function bm25Scores(
  collection: Collection,
  { split, measures, signal }: SystemOptions,
): Promise<Table<typeof SCORES>> {
  const qrels = qrelsOf(collection, split);
  const judged = new Set(qrels.column("query_id"));
  const ids = collection.queries.column("id");
  const rows = Array.from({ length: ids.length }, (_, i) => i).filter((i) => judged.has(ids.at(i)));
  const index = await bm25(collection.corpus, { signal });
  const run = await index.searchAll(selectRows(collection.queries, rows), {
    depth: depthOf(measures),
    excluded: ownDocuments(collection),
    signal,
  });
  return evaluate(run, qrels, measures, { complete: true });
}
