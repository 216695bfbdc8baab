import type { Collection } from "../collections/mod.ts";
import { progress } from "../core/progress.ts";
import type { Encoder } from "../encoders/mod.ts";
import { generate } from "../generators/mod.ts";
import { mine } from "../negatives/mod.ts";
import type { AnalyzerChoice } from "../retrieval/mod.ts";
import type { NEGATIVES, Table } from "../tables/mod.ts";

/** Options of {@link auditCandidates}. */
export interface CandidateOptions {
  readonly split: string;
  readonly depth: number;
  readonly encoder: Encoder | undefined;
  readonly analyzer: AnalyzerChoice;
  readonly signal: AbortSignal;
}

/** Negatives to audit if no files are given: BM25's, the encoder's, and for facets the recorded replies. */
export async function auditCandidates(
  collection: Collection,
  { split, encoder, analyzer, depth, signal }: CandidateOptions,
): Promise<Table<typeof NEGATIVES>[]> {
  const report = progress({ label: "mining", unit: "queries" });
  const shared = { split, depth, signal, progress: report };
  const tables = [await mine(collection, { ...shared, source: "bm25", analyzer })];
  if (encoder) tables.push(await mine(collection, { ...shared, source: "dense", encoder }));
  report.finish();
  if (collection.name === "facets") {
    tables.push(await generate(collection, { recipe: "syneg", replay: true, split, quiet: true, signal }));
  }
  return tables;
}
