import { passageText } from "../../collections/passage.ts";
import { passagesOf } from "../../collections/passages.ts";
import type { Collection } from "../../collections/types.ts";
import { judgeRequests, modelRecipe, negativeRequests, queryRequests } from "../../generators/mod.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import { selectRows } from "../../tables/select_rows.ts";
import type { Table } from "../../tables/table.ts";
import { tableOf } from "../../tables/table_builder.ts";
import { QUERIES } from "../../tables/schema.ts";
import { type Leakage, leakage } from "../leakage.ts";
import { collectionOf, type Stage } from "../stage.ts";
import { firstCandidates, trainCorpus } from "./judge.ts";
import type { ReadStage } from "./read.ts";

/** What the leakage check reads. */
export interface Trained {
  readonly read: ReadStage;
  readonly collection: Collection;
  readonly mined: Table<typeof NEGATIVES>;
  readonly negatives: Table<typeof NEGATIVES>;
}

/** Looks for the test's passages and queries in the training data and in the prompts that wrote it. */
export async function leakageStage(stage: Stage, trained: Trained): Promise<Leakage> {
  return await stage.folder.json("leakage.json", () => leakageOf(stage, trained));
}

function leakageOf(stage: Stage, { read, collection, mined, negatives }: Trained): Leakage {
  const own = trainCorpus(read);
  const inTraining = new Set(own.column("id"));
  const held = new Map<string, string>();
  const splits = new Map(read.documents.map(({ id, split }) => [id, split]));
  for (const row of collection.corpus.rows()) {
    if (splits.get(JSON.parse(row.metadata!).document) === "test") held.set(row.id, passageText(row));
  }
  const testQueries = new Set(collection.qrels.test.column("query_id"));
  const trainQueries = new Set(collection.qrels.train.column("query_id"));
  const queries = new Map<string, string>();
  const training: string[] = [];
  for (const { id, text } of collection.queries.rows()) {
    if (testQueries.has(id)) queries.set(id, text);
    if (trainQueries.has(id)) training.push(text);
  }
  const positives = new Set(collection.qrels.train.column("doc_id"));
  for (const row of collection.corpus.rows()) if (positives.has(row.id)) training.push(passageText(row));
  const passageOf = passagesOf(negatives, collection.corpus);
  const verdicts = negatives.column("verdict");
  for (let row = 0; row < negatives.length; row++) {
    if (verdicts.at(row) === "kept") training.push(passageText(passageOf(row)));
  }
  const chosen = Array.from({ length: own.length }, (_, row) => row).filter((row) =>
    inTraining.has(own.column("id").at(row))
  );
  const prompts = promptsOf(stage, { collection, mined, corpus: selectRows(own, chosen) });
  return leakage({ held: { passages: held, queries }, used: { training, prompts } });
}

/** Every prompt that wrote or judged training data. */
function promptsOf(
  { settings: { model, queries: count, seed, judged, written, experts } }: Stage,
  { collection, mined, corpus }: {
    collection: Collection;
    mined: Table<typeof NEGATIVES>;
    corpus: Collection["corpus"];
  },
): string[] {
  const passages = collectionOf({ corpus, queries: tableOf(QUERIES, []), qrels: {} });
  const requests = [
    ...queryRequests(passages, modelRecipe("query"), { model, count, seed }),
    ...judged === 0 ? [] : judgeRequests(firstCandidates(mined, judged), collection, { model, batchSize: judged }),
    ...written === 0 ? [] : negativeRequests(collection, modelRecipe("syneg"), {
      ...{ model, seed, count: written },
      pools: { expert: [...experts] },
    }),
  ];
  return requests.flatMap(({ messages }) => messages.map(({ content }) => content));
}
