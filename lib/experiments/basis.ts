import { join } from "node:path";
import { exists } from "../core/mod.ts";
import { type Collection, textKey } from "../collections/mod.ts";
import type { Finding } from "../files/mod.ts";
import type { NEGATIVES, Table } from "../tables/mod.ts";
import { type Similarity, type TextCuts, textCuts, type TextKind, type TrainableEncoder } from "../encoders/mod.ts";
import type { RunFolder } from "./run_folder.ts";
import type { ExperimentConfig } from "./types.ts";

/** Name of the file of {@link Basis} in a run folder. */
export const BASIS = "basis.json";

/** Judgments of one split. */
export interface SplitBasis {
  split: string;
  /** Judged queries. */
  queries: number;
  judgments: number;
  /** Judged queries without a relevant passage in the corpus: they always score 0. */
  withoutPositive: number;
  /** Queries that, by {@link textKey}, repeat one of the training split; 0 for that split itself. */
  askedInTraining: number;
}

/** Candidates of one source, or of one recipe if they are written. */
export interface SourceBasis {
  source: string;
  recipe: string | null;
  /** Candidates that arms may draw. */
  kept: number;
  /** Training queries with at least one of them. */
  queries: number;
}

/** What the numbers of a run depend on besides the configuration. The report lists it. */
export interface Basis {
  collection: { name: string; origin: string | null; passages: number; findings: readonly Finding[] };
  splits: SplitBasis[];
  encoder: { name: string; prompts: Readonly<Record<TextKind, string>>; similarity: Similarity };
  cuts: TextCuts | null;
  sources: SourceBasis[];
  trainingQueries: number;
  /** Training queries with more than one known positive. */
  severalPositives: number;
}

/** Counts the contents of {@link Basis}. */
export function basisOf(
  config: ExperimentConfig,
  { collection, encoder, negatives }: {
    collection: Collection;
    encoder: TrainableEncoder;
    negatives: Table<typeof NEGATIVES>;
  },
): Basis {
  const { train, dev, test } = config.splits;
  const { name, origin = null, corpus, findings } = collection;
  const positives = new Map<string, number>();
  for (const { query_id, grade } of collection.qrels[train].rows()) {
    if (grade > 0) positives.set(query_id, (positives.get(query_id) ?? 0) + 1);
  }
  return {
    collection: { name, origin, passages: corpus.length, findings },
    splits: [...new Set([train, dev, test])].map((split) => splitBasis(collection, split, train)),
    encoder: { name: encoder.name, prompts: encoder.prompts, similarity: encoder.similarity ?? "cosine" },
    cuts: textCuts(encoder, collection, { train, splits: [dev, test], negatives }) ?? null,
    sources: sourceBasis(negatives),
    trainingQueries: positives.size,
    severalPositives: [...positives.values()].filter((count) => count > 1).length,
  };
}

/** The basis of a run; undefined if an earlier version of the kit prepared it. */
export async function readBasis(run: RunFolder): Promise<Basis | undefined> {
  const file = join(run.path, BASIS);
  if (!await exists(file)) return undefined;
  const basis: Basis = JSON.parse(await Deno.readTextFile(file));
  // Earlier versions wrote `judgements`.
  const current = (split: SplitBasis & { judgements?: number }) => ({
    ...split,
    judgments: split.judgments ?? split.judgements,
  });
  return { ...basis, splits: basis.splits.map(current) };
}

function splitBasis(collection: Collection, split: string, train: string): SplitBasis {
  const qrels = collection.qrels[split];
  const documents = new Set(collection.corpus.column("id"));
  const answered = new Map<string, boolean>();
  for (const { query_id, doc_id, grade } of qrels.rows()) {
    answered.set(query_id, answered.get(query_id) === true || (grade > 0 && documents.has(doc_id)));
  }
  const asked = askedTexts(collection, new Set(collection.qrels[train].column("query_id")));
  const own = split === train ? [] : askedTexts(collection, new Set(answered.keys()));
  const known = new Set(asked);
  return {
    split,
    queries: answered.size,
    judgments: qrels.length,
    withoutPositive: [...answered.values()].filter((found) => !found).length,
    askedInTraining: own.filter((key) => known.has(key)).length,
  };
}

function askedTexts({ queries }: Collection, ids: ReadonlySet<string>): string[] {
  const [id, text] = [queries.column("id"), queries.column("text")];
  return Array.from({ length: queries.length }, (_, row) => row)
    .filter((row) => ids.has(id.at(row))).map((row) => textKey(text.at(row)));
}

function sourceBasis(negatives: Table<typeof NEGATIVES>): SourceBasis[] {
  const found = new Map<string, { source: string; recipe: string | null; kept: number; queries: Set<string> }>();
  for (const { source, recipe, verdict, query_id } of negatives.rows()) {
    const key = `${source} ${recipe ?? ""}`;
    const at = found.get(key) ?? { source, recipe, kept: 0, queries: new Set() };
    found.set(key, at);
    if (verdict !== "kept") continue;
    at.kept++;
    at.queries.add(query_id);
  }
  return [...found].sort(([a], [b]) => a < b ? -1 : 1).map(([, { queries, ...rest }]) => ({
    ...rest,
    queries: queries.size,
  }));
}
