import type { Collection } from "../../collections/types.ts";
import { judge } from "../../generators/mod.ts";
import { mine } from "../../negatives/mod.ts";
import { concatenate } from "../../tables/concatenate.ts";
import { type CORPUS, NEGATIVES, QRELS, type QUERIES } from "../../tables/schema.ts";
import { selectRows } from "../../tables/select_rows.ts";
import type { Table } from "../../tables/table.ts";
import { tableOf } from "../../tables/table_builder.ts";
import { withColumns } from "../../tables/with_columns.ts";
import type { DocumentSplit } from "../split_documents.ts";
import { asking, checkAnswered, collectionOf, type Outcomes, type Stage } from "../stage.ts";
import { documentOfChunk, type ReadStage } from "./read.ts";

/** Candidates per query and miner. */
const DEPTH = 20;
const SPLITS: readonly DocumentSplit[] = ["train", "dev", "test"];

/** Chunks, queries, and the passage of each query. */
export interface Parts {
  readonly read: ReadStage;
  readonly queries: Table<typeof QUERIES>;
  readonly source: Table<typeof QRELS>;
}

/** Candidates with the judge's verdicts, and the judgments that follow. */
export interface JudgeStage {
  /** Candidates of training queries, from training documents alone. */
  readonly train: Table<typeof NEGATIVES>;
  /** Judgments by split, relabeled candidates included. */
  readonly qrels: Readonly<Record<DocumentSplit, Table<typeof QRELS>>>;
  readonly counts: {
    readonly judged: number;
    readonly relabeled: number;
    readonly dropped: number;
    readonly outcomes: Outcomes;
  };
}

/** Mines candidates and has the first of each query judged: what answers the query becomes a positive. */
export async function judgeStage(stage: Stage, parts: Parts): Promise<JudgeStage> {
  const { folder } = stage;
  let made: JudgeStage | undefined;
  const all = async () => made ??= await judged(stage, parts);
  const train = await folder.table("candidates.arrow", NEGATIVES, async () => (await all()).train);
  const qrels = {} as Record<DocumentSplit, Table<typeof QRELS>>;
  for (const split of SPLITS) {
    qrels[split] = await folder.table(`judgments-${split}.arrow`, QRELS, async () => (await all()).qrels[split]);
  }
  const counts = await folder.json("judgments.json", async () => (await all()).counts);
  return { train, qrels, counts };
}

async function judged(stage: Stage, parts: Parts): Promise<JudgeStage> {
  const sources = sourcesBySplit(parts);
  const counts = { judged: 0, relabeled: 0, dropped: 0, outcomes: {} as Outcomes };
  const qrels = { ...sources };
  let train = tableOf(NEGATIVES, []);
  for (const split of SPLITS) {
    // What is trained on comes from training documents alone; held-out queries are searched for in all of them.
    const collection = collectionOf({
      corpus: split === "train" ? trainCorpus(parts.read) : parts.read.corpus,
      queries: parts.queries,
      qrels: { [split]: sources[split] },
    });
    if (sources[split].length === 0) continue;
    const mined = await candidates(stage, collection, split);
    const found = await withVerdicts(stage, { collection, split, mined, counts });
    qrels[split] = withRelabeled(sources[split], found);
    if (split === "train") train = found;
  }
  return { train, qrels, counts };
}

/** Candidates of BM25 and of the encoder. */
export async function candidates(
  { settings: { analyzer, seed }, encoder, signal }: Pick<Stage, "settings" | "encoder" | "signal">,
  collection: Collection,
  split: string,
): Promise<Table<typeof NEGATIVES>> {
  const shared = { split, depth: Math.min(DEPTH, collection.corpus.length), seed, signal };
  return concatenate([
    await mine(collection, { ...shared, source: "bm25", analyzer }),
    await mine(collection, { ...shared, source: "dense", encoder }),
  ]);
}

interface Judging {
  readonly collection: Collection;
  readonly split: DocumentSplit;
  readonly mined: Table<typeof NEGATIVES>;
  readonly counts: { judged: number; relabeled: number; dropped: number; outcomes: Outcomes };
}

/** The candidates with the verdicts of the judge on the first of each query. */
async function withVerdicts(
  stage: Stage,
  { collection, split, mined, counts }: Judging,
): Promise<Table<typeof NEGATIVES>> {
  const { settings: { judged: most }, tell } = stage;
  if (most === 0) return mined;
  const shown = firstCandidates(mined, most);
  tell(`Judging ${shown.length} candidates of ${split}`);
  const table = await judge(shown, collection, { ...asking(stage, counts.outcomes), split, batchSize: most });
  checkAnswered(stage, counts.outcomes, "judging candidates");
  const verdicts = new Map<string, { verdict: "kept" | "dropped" | "relabeled"; reason: string }>();
  for (const { query_id, doc_id, verdict, reason } of table.rows()) {
    if (!reason?.startsWith("judge: ")) continue;
    counts.judged++;
    if (verdict === "relabeled") counts.relabeled++;
    if (verdict === "dropped") counts.dropped++;
    verdicts.set(JSON.stringify([query_id, doc_id]), { verdict: verdict as "kept", reason });
  }
  const rows = [...mined.rows()];
  const found = rows.map((row) =>
    row.verdict === "kept" ? verdicts.get(JSON.stringify([row.query_id, row.doc_id])) ?? row : row
  );
  return withColumns(mined, {
    verdict: found.map(({ verdict }) => verdict),
    reason: found.map(({ reason }) => reason),
  });
}

/** The first kept candidates of each query, each document once, the miners in turn. */
export function firstCandidates(mined: Table<typeof NEGATIVES>, most: number): Table<typeof NEGATIVES> {
  const kept = [...mined.rows()].map((row, at) => ({ row, at })).filter(({ row }) => row.verdict === "kept");
  kept.sort((a, b) => (a.row.rank ?? 0) - (b.row.rank ?? 0) || a.at - b.at);
  const taken = new Map<string, Set<string>>();
  const rows = kept.filter(({ row: { query_id, doc_id } }) => {
    const documents = taken.get(query_id) ?? new Set();
    taken.set(query_id, documents);
    return documents.size < most && !documents.has(doc_id!) && documents.add(doc_id!);
  });
  return selectRows(mined, rows.map(({ at }) => at).sort((a, b) => a - b));
}

/** Every query belongs to the split of its passage's document. */
function sourcesBySplit({ read: { corpus, documents }, source }: Parts): Record<DocumentSplit, Table<typeof QRELS>> {
  const splits = new Map(documents.map(({ id, split }) => [id, split]));
  const document = documentOfChunk(corpus);
  const rows = [...source.rows()];
  const of = (split: DocumentSplit) =>
    tableOf(QRELS, rows.filter(({ doc_id }) => splits.get(document.get(doc_id)!) === split));
  return { train: of("train"), dev: of("dev"), test: of("test") };
}

/** The chunks of training documents. */
export function trainCorpus({ corpus, documents }: ReadStage): Table<typeof CORPUS> {
  const splits = new Map(documents.map(({ id, split }) => [id, split]));
  const document = documentOfChunk(corpus);
  const ids = corpus.column("id");
  const rows = Array.from({ length: corpus.length }, (_, row) => row);
  return selectRows(corpus, rows.filter((row) => splits.get(document.get(ids.at(row))!) === "train"));
}

function withRelabeled(source: Table<typeof QRELS>, found: Table<typeof NEGATIVES>): Table<typeof QRELS> {
  const known = new Set(Array.from(source.rows(), ({ query_id, doc_id }) => JSON.stringify([query_id, doc_id])));
  const more: { query_id: string; doc_id: string; grade: number }[] = [];
  for (const { query_id, doc_id, verdict } of found.rows()) {
    const key = JSON.stringify([query_id, doc_id]);
    if (verdict !== "relabeled" || doc_id === null || known.has(key)) continue;
    known.add(key);
    more.push({ query_id, doc_id, grade: 1 });
  }
  return tableOf(QRELS, [...source.rows(), ...more]);
}
