import { join } from "node:path";
import { command } from "../../lib/cli/arguments.ts";
import { main } from "../../lib/cli/run_command.ts";
import { exists } from "../../lib/core/files.ts";
import { duration } from "../../lib/core/duration.ts";
import {
  compare,
  evaluateEncoder,
  infoNCE,
  loadCollection,
  loadEncoder,
  means,
  mine,
  readTable,
  SCORES,
  summarise,
  type Table,
  train,
  writeTable,
} from "../../mod.ts";

/** `deno task measure:training`: what fine-tuning with BM25 negatives brings, over seeds, with intervals. */
const definition = command({
  name: "measure:training",
  about: "Fine-tune with BM25 negatives over several seeds and compare with the encoder before: table and intervals",
  positionals: [{ name: "collection", about: "facets, a folder in BEIR's form, or what loadCollection takes" }],
  options: {
    out: { type: "text", about: "folder of the scores; seeds that stand there are not run again", default: "" },
    encoder: { type: "text", about: "built-in or a folder", default: "built-in" },
    evaluate: { type: "text", about: "split to measure", default: "dev" },
    seeds: { type: "integer", about: "number of seeds", default: 3 },
    "max-length": { type: "integer", about: "most tokens of a text; else what the model says" },
    epochs: { type: "integer", about: "passes over the training queries", default: 2 },
    steps: { type: "integer", about: "optimizer steps instead" },
    batch: { type: "integer", about: "queries of a batch", default: 16 },
    group: { type: "integer", about: "1 positive and the rest BM25 negatives", default: 4 },
    "learning-rate": { type: "number", about: "highest learning rate", default: 5e-5 },
    temperature: { type: "number", about: "of InfoNCE", default: 0.05 },
    depth: { type: "integer", about: "BM25 candidates per query", default: 30 },
    "own-only": { type: "flag", about: "no in-batch negatives: SyNeg's formula" },
    threads: { type: "integer", about: "threads of one operation; 0 for all cores", default: 0 },
  },
  examples: ["measure:training facets --evaluate test --learning-rate 3e-3 --epochs 3 --group 8"],
  async run({ positionals: [name], options, signal }) {
    const { out, evaluate, threads } = options;
    const maxLength = options["max-length"];
    const collection = await loadCollection(name, { signal });
    const load = () => loadEncoder(options.encoder, { ...(maxLength ? { maxLength } : {}), threads });
    const kept = async (file: string, make: () => Promise<Table<typeof SCORES>>) => {
      const path = join(out, file);
      if (out && await exists(path)) return await readTable(path, SCORES);
      const scores = await make();
      if (out) await writeTable(path, scores);
      return scores;
    };
    const measured = async (encoder: Awaited<ReturnType<typeof load>>) =>
      (await evaluateEncoder(encoder, collection, { split: evaluate, signal })).scores;
    const said = (label: string, scores: Table<typeof SCORES>) =>
      console.error(`${label}: nDCG@10 ${means(scores).get("nDCG@10")!.toFixed(4)}`);
    const before = await kept("before.arrow", async () => measured(await load()));
    said("before", before);
    const negatives = await mine(collection, { source: "bm25", depth: options.depth, signal });
    const after: Table<typeof SCORES>[] = [];
    for (let seed = 0; seed < options.seeds; seed++) {
      const scores = await kept(`seed-${seed}.arrow`, async () => {
        const encoder = await load();
        const events = train(encoder, {
          ...{ collection, negatives, seed, signal, threads, inBatch: !options["own-only"] },
          ...{ epochs: options.epochs, steps: options.steps, batch: options.batch, group: options.group },
          learningRate: options["learning-rate"],
          loss: infoNCE({ temperature: options.temperature }),
        });
        for await (const event of events) {
          if (event.type !== "step" || event.step % 10 > 0) continue;
          const { step, steps, loss, tokens_per_second, seconds_left } = event;
          const rate = `${Math.round(tokens_per_second)} tokens/s, ${duration(seconds_left)} left`;
          console.error(`seed ${seed}, step ${step}/${steps}: loss ${loss.toFixed(4)}, ${rate}`);
        }
        const scores = await measured(encoder);
        await encoder.dispose();
        return scores;
      });
      said(`seed ${seed}`, scores);
      after.push(scores);
    }
    const round = (value: number) => Number(value.toFixed(4));
    const { mean, interval } = summarise(after);
    const difference = compare(after, before);
    console.log(JSON.stringify({
      collection: name,
      ...options,
      queries: difference.queries,
      before: round(summarise(before).mean),
      after: {
        mean: round(mean),
        interval: interval.map(round),
        seeds: after.map((s) => round(means(s).get("nDCG@10")!)),
      },
      gain: { mean: round(difference.difference), interval: difference.interval.map(round), p: difference.p },
    }));
  },
});

if (import.meta.main) await main(definition);
