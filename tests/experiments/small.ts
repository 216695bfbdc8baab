import { join, resolve } from "node:path";
import { applySettings, type ExperimentConfig, PRESETS } from "../../lib/experiments/mod.ts";

/** The repository. */
export const ROOT: string = resolve(import.meta.dirname!, "..", "..");

/** A temporary folder for the length of `work`. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** 120 documents, each with a question of its own words, in BEIR's form; `longer` words are added to each document. */
export async function smallCollection(folder: string, { longer = 0 }: { longer?: number } = {}): Promise<void> {
  const numbers = Array.from({ length: 120 }, (_, i) => i);
  const lines = (rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const text = (i: number) =>
    `storm number${i} of year ${1900 + i} hit harbour${i % 7}${i % 4 === 0 ? " again".repeat(longer) : ""}`;
  await Deno.mkdir(join(folder, "qrels"), { recursive: true });
  const documents = numbers.map((i) => ({ _id: `d${i}`, title: "", text: text(i) }));
  await Deno.writeTextFile(join(folder, "corpus.jsonl"), lines(documents));
  const questions = numbers.map((i) => ({ _id: `q${i}`, text: `what hit harbour${i % 7} in ${1900 + i}` }));
  await Deno.writeTextFile(join(folder, "queries.jsonl"), lines(questions));
  for (const [split, from, to] of [["train", 0, 60], ["dev", 60, 90], ["test", 90, 120]] as const) {
    const rows = numbers.slice(from, to).map((i) => `q${i}\td${i}\t1\n`);
    await Deno.writeTextFile(join(folder, "qrels", `${split}.tsv`), `query-id\tcorpus-id\tscore\n${rows.join("")}`);
  }
}

/** No fine-tuning beside BM25's negatives: one seed, one epoch, a second or two. */
export function smallConfig(collection: string, settings: readonly string[] = []): ExperimentConfig {
  const { config } = PRESETS.facets;
  return applySettings({
    ...config,
    name: "small",
    collection,
    seeds: 1,
    arms: config.arms.filter(({ name }) => ["no-fine-tuning", "bm25"].includes(name)),
    train: { ...config.train, epochs: 1, learningRate: 0.01, inBatch: true },
    mining: { ...config.mining, depth: 5 },
    statistics: { ...config.statistics, rounds: 1000 },
  }, settings);
}
