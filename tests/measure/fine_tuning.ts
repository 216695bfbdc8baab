import { join } from "node:path";
import { command, type Values } from "../../lib/cli/arguments.ts";
import { main } from "../../lib/cli/run_command.ts";
import { COLLECTION } from "../../lib/cli/shared_options.ts";
import { exists } from "../../lib/core/files.ts";
import { duration } from "../../lib/core/duration.ts";
import {
  type Collection,
  compare,
  evaluateEncoder,
  loadCollection,
  loadEncoder,
  losses,
  means,
  mine,
  readTable,
  type Table,
  train,
  writeTable,
} from "../../mod.ts";
import { SCORES } from "../../lib/tables/mod.ts";
import { summarize } from "../../lib/evaluation/mod.ts";

const FLAGS = {
  out: { type: "text", about: "folder of the scores; seeds with scores there are not run again", default: "" },
  encoder: { type: "text", about: "built-in or a folder", default: "built-in" },
  evaluate: { type: "text", about: "split to evaluate on", default: "dev" },
  seeds: { type: "integer", about: "number of seeds", default: 3 },
  "max-length": { type: "integer", about: "most tokens per text [default: the model's]" },
  epochs: { type: "integer", about: "passes over the training queries", default: 2 },
  steps: { type: "integer", about: "optimizer steps in all [default: from the epochs]" },
  "batch-size": { type: "integer", about: "queries per batch", default: 16, formerly: "batch" },
  "train-group-size": {
    type: "integer",
    about: "documents per query: one positive, the rest BM25 negatives",
    default: 4,
    formerly: "group",
  },
  "learning-rate": { type: "number", about: "peak learning rate", default: 5e-5 },
  temperature: { type: "number", about: "temperature of InfoNCE", default: 0.05 },
  depth: { type: "integer", about: "BM25 candidates per query", default: 30 },
  "own-only": { type: "flag", about: "no in-batch negatives, as in SyNeg's formula" },
  threads: { type: "integer", about: "threads per operation; 0 for one per core", default: 0 },
} as const;

/** What the runs share. */
interface Setting {
  readonly collection: Collection;
  readonly flags: Values<typeof FLAGS>;
  readonly signal: AbortSignal;
}

/** `deno task measure:training`: measures the gain of fine-tuning with BM25 negatives over seeds, with intervals. */
const definition = command({
  name: "measure:training",
  about: "Fine-tune with BM25 negatives over several seeds and compare with the untrained encoder",
  positionals: [COLLECTION],
  options: FLAGS,
  examples: ["measure:training facets --evaluate test --learning-rate 3e-3 --epochs 3 --train-group-size 8"],
  async run({ positionals: [name], options: flags, signal }) {
    const collection = await loadCollection(name, { signal });
    const setting = { collection, flags, signal };
    const before = await stored("before.arrow", flags.out, async () => scoresOf(await load(flags), setting));
    report("before", before);
    const negatives = await mine(collection, { source: "bm25", depth: flags.depth, signal });
    const after: Table<typeof SCORES>[] = [];
    for (let seed = 0; seed < flags.seeds; seed++) {
      const scores = await stored(`seed-${seed}.arrow`, flags.out, () => trained(seed, negatives, setting));
      report(`seed ${seed}`, scores);
      after.push(scores);
    }
    const round = (value: number) => Number(value.toFixed(4));
    const { mean, interval } = summarize(after);
    const { queries, difference, interval: range, p } = compare(after, before);
    console.log(JSON.stringify({
      ...{ collection: name, ...flags, queries, before: round(summarize(before).mean) },
      after: { mean: round(mean), interval: interval.map(round), seeds: after.map((table) => round(mainMean(table))) },
      gain: { mean: round(difference), interval: range.map(round), p },
    }));
  },
});

function load({ encoder, threads, "max-length": maxLength }: Values<typeof FLAGS>) {
  return loadEncoder(encoder, { ...(maxLength ? { maxLength } : {}), threads });
}

/** Scores from a file of the folder `out`, or computed and written there; no file if `out` is empty. */
async function stored(file: string, out: string, compute: () => Promise<Table<typeof SCORES>>) {
  const path = join(out, file);
  if (out && await exists(path)) return await readTable(path, SCORES);
  const scores = await compute();
  if (out) await writeTable(path, scores);
  return scores;
}

async function scoresOf(encoder: Awaited<ReturnType<typeof load>>, { collection, flags, signal }: Setting) {
  return (await evaluateEncoder(encoder, collection, { split: flags.evaluate, signal })).scores;
}

/** Scores of an encoder trained with a seed. */
async function trained(seed: number, negatives: Awaited<ReturnType<typeof mine>>, setting: Setting) {
  const { collection, flags, signal } = setting;
  const { epochs, steps, threads } = flags;
  const encoder = await load(flags);
  const events = train(encoder, {
    ...{ collection, negatives, seed, signal, threads, epochs, steps, inBatch: !flags["own-only"] },
    batchSize: flags["batch-size"],
    trainGroupSize: flags["train-group-size"],
    learningRate: flags["learning-rate"],
    loss: losses.infoNCE({ temperature: flags.temperature }),
  });
  for await (const event of events) {
    if (event.type !== "step" || event.step % 10 > 0) continue;
    const { step, steps, loss, tokensPerSecond, secondsLeft } = event;
    const rate = `${Math.round(tokensPerSecond)} tokens/s, ${duration(secondsLeft)} left`;
    console.error(`seed ${seed}, step ${step}/${steps}: loss ${loss.toFixed(4)}, ${rate}`);
  }
  const scores = await scoresOf(encoder, setting);
  await encoder.dispose();
  return scores;
}

function mainMean(scores: Table<typeof SCORES>): number {
  return means(scores).get("nDCG@10")!;
}

function report(label: string, scores: Table<typeof SCORES>): void {
  console.error(`${label}: nDCG@10 ${mainMean(scores).toFixed(4)}`);
}

if (import.meta.main) await main(definition);
