import { join } from "node:path";
import { ArgumentError, KitError } from "../core/errors.ts";
import { exists, pathFault } from "../core/files.ts";
import { duration, progress } from "../core/progress.ts";
import { endProgressLine } from "../core/terminal_sink.ts";
import { readTable } from "../files/arrow/ipc.ts";
import { loadCollection } from "../collections/load_collection.ts";
import { NEGATIVES, type Source, SOURCES } from "../tables/schema.ts";
import { loadEncoder } from "../encoders/mod.ts";
import type { TrainableEncoder } from "../encoders/types.ts";
import { evaluateEncoder, means, measure as measureOf } from "../evaluation/mod.ts";
import { hybrid } from "../negatives/sampling/mod.ts";
import { refresh } from "../negatives/mining/refresh.ts";
import { gist, type Loss, losses, type LossName, masked, matryoshka, SCHEDULES, train } from "../training/mod.ts";
import type { ScheduleName, TrainEvent } from "../training/mod.ts";
import { PROMPT_OPTIONS, promptsOf } from "./shared_options.ts";
import { command } from "./arguments.ts";
import { main } from "./run_command.ts";
import { reportCuts } from "./report_cuts.ts";

/** `deno task train`: fine-tunes an encoder and leaves it with its events and checkpoints in a folder. */
export const trainCommand = command({
  name: "train",
  about: "Fine-tune an encoder on a collection's queries with negatives from a table",
  positionals: [{ name: "collection", about: "facets, a folder in BEIR's form, or what loadCollection takes" }],
  options: {
    out: { type: "text", about: "folder for encoder/, events.arrow and checkpoints/", placeholder: "folder" },
    negatives: {
      type: "text",
      about: "Arrow file of NEGATIVES; without it in-batch negatives alone",
      placeholder: "file",
    },
    encoder: { type: "text", about: "built-in, a folder or hf:owner/name@revision", default: "built-in" },
    ...PROMPT_OPTIONS,
    "max-length": { type: "integer", about: "most tokens of a text; else what the model says" },
    split: { type: "text", about: "split to train on", default: "train" },
    mix: { type: "text", about: 'sources per instance, such as "synthetic:1,bm25:3"; else any of them' },
    seed: { type: "integer", about: "decides everything random", default: 0 },
    epochs: { type: "integer", about: "passes over the queries", default: 1 },
    steps: { type: "integer", about: "optimizer steps in all; else what the epochs make" },
    batch: { type: "integer", about: "queries of a batch [default: 16]" },
    tokens: { type: "integer", about: "tokens of a batch instead" },
    group: { type: "integer", about: "documents per query: 1 positive, the rest negatives [default: 8]" },
    positives: { type: "integer", about: "most positives of a query in an epoch", default: 1 },
    "in-batch": { type: "flag", about: "other queries' documents are negatives, too" },
    loss: { type: "text", about: "loss", choices: Object.keys(losses), default: "infoNCE" },
    temperature: { type: "number", about: "temperature of the loss; else its default" },
    margin: { type: "number", about: "margin of the triplet loss; else its default" },
    "mask-margin": { type: "number", about: "ignore in-batch negatives this far above the positive" },
    guide: { type: "text", about: "encoder that masks in-batch negatives (GIST)" },
    teacher: { type: "text", about: 'encoder for distillation, or "scores" of the negatives' },
    dimensions: { type: "text", about: 'Matryoshka lengths, such as "64,128,256"' },
    "learning-rate": { type: "number", about: "highest learning rate", default: 2e-5 },
    schedule: { type: "text", about: "how it falls", choices: SCHEDULES, default: "linear" },
    warmup: { type: "number", about: "steps in which it rises; below 1 a share of all", default: 0.1 },
    decay: { type: "number", about: "weight decay", default: 0.01 },
    clip: { type: "number", about: "largest gradient norm; 0 never clips", default: 1 },
    accumulate: { type: "integer", about: "batches per optimizer step", default: 1 },
    chunk: { type: "integer", about: "texts encoded at a time, by GradCache" },
    dropout: { type: "number", about: "dropout probability", default: 0 },
    freeze: { type: "list", about: 'parameters that stay, such as "embeddings.*"', placeholder: "pattern" },
    evaluate: { type: "text", about: "split to measure while training", placeholder: "split" },
    measure: { type: "text", about: "measure that decides which weights are best", default: "nDCG@10" },
    "evaluate-every": { type: "integer", about: "steps between evaluations; else epochs" },
    patience: { type: "integer", about: "evaluations without a new best before training stops" },
    "refresh-every": { type: "integer", about: "steps between minings of the encoder's own negatives (ANCE)" },
    "checkpoint-every": { type: "integer", about: "steps between checkpoints", default: 100 },
    resume: { type: "flag", about: "go on from the newest checkpoint" },
    threads: { type: "integer", about: "threads of one operation; 0 for as many as there are cores", default: 0 },
  },
  examples: [
    "train facets --in-batch --learning-rate 1e-3 --epochs 2 --evaluate dev --out data/runs/first",
    "train facets --negatives data/runs/bm25.arrow --mix bm25:7 --temperature 0.05 --out data/runs/bm25",
  ],
  async run({ positionals: [name], options, signal }) {
    const { out, split, seed } = options;
    if (out === undefined) throw new ArgumentError("Say where the trained encoder goes: --out <folder>");
    const fault = pathFault(out);
    if (fault) throw new ArgumentError(`Cannot use --out: ${fault}`);
    const folder = join(out, "encoder");
    if (await exists(folder)) throw new KitError("Cannot train: an encoder stands here already", { file: folder });
    const loss = lossOf(options);
    const alone = options.negatives !== undefined && !options["in-batch"];
    const useless = [
      ["mask-margin", "in-batch", options["mask-margin"] !== undefined && alone],
      ["guide", "in-batch", options.guide !== undefined && alone],
      ["mix", "negatives", options.mix !== undefined && options.negatives === undefined],
      ["patience", "evaluate", options.patience !== undefined && options.evaluate === undefined],
      ["evaluate-every", "evaluate", options["evaluate-every"] !== undefined && options.evaluate === undefined],
    ] as const;
    for (const [name, other, found] of useless) {
      if (found) throw new ArgumentError(`Cannot use --${name} without --${other}`);
    }
    for (const name of ["teacher", "guide"] as const) {
      if (options[name] !== undefined && !loss.needs[name]) {
        throw new ArgumentError(`Cannot use --${name} with --loss ${options.loss}: it needs none`);
      }
    }
    const mix = options.mix === undefined ? undefined : mixOf(options.mix);
    if (mix && options.group !== undefined) throw new ArgumentError("Give --group or --mix, not both");
    if (mix && options["refresh-every"] !== undefined && !mix.model) {
      throw new ArgumentError("Cannot use --refresh-every with a --mix without model: what is mined anew is not drawn");
    }
    const collection = await loadCollection(name, { signal });
    const negatives = options.negatives === undefined ? undefined : await readTable(options.negatives, NEGATIVES);
    const maxLength = options["max-length"];
    const { threads } = options;
    const measure = measureOf(options.measure).name;
    const encoder = await loadEncoder(options.encoder, {
      ...(maxLength ? { maxLength } : {}),
      ...promptsOf(options),
      threads,
    });
    const evaluation = options.evaluate;
    reportCuts(encoder, collection, {
      ...{ train: split, negatives, corpus: evaluation !== undefined || options["refresh-every"] !== undefined },
      splits: evaluation === undefined ? [] : [evaluation],
    });
    const events = train(encoder, {
      ...{ collection, negatives, split, seed, loss, signal, threads },
      ...{ epochs: options.epochs, steps: options.steps, batch: options.batch, tokens: options.tokens },
      ...{
        group: options.group,
        positives: options.positives,
        inBatch: options["in-batch"] || negatives === undefined,
      },
      sampler: mix && negatives ? hybrid(mix, { seed }) : undefined,
      learningRate: options["learning-rate"],
      schedule: options.schedule as ScheduleName,
      optimizer: { decay: options.decay },
      ...{ warmup: options.warmup, clip: options.clip, accumulate: options.accumulate, chunk: options.chunk },
      ...{ dropout: options.dropout, freeze: options.freeze },
      guide: options.guide === undefined ? undefined : await loadEncoder(options.guide),
      teacher: options.teacher === undefined || options.teacher === "scores"
        ? options.teacher
        : await loadEncoder(options.teacher),
      evaluate: evaluation === undefined ? undefined : {
        every: options["evaluate-every"],
        patience: options.patience,
        measure,
        name: evaluation,
        run: async (encoder, { signal }) => {
          const measured = await evaluateEncoder(encoder, collection, {
            split: evaluation,
            measures: [measure],
            signal,
          });
          return Object.fromEntries(means(measured.scores));
        },
      },
      refresh: options["refresh-every"] === undefined
        ? undefined
        : { every: options["refresh-every"], mine: refresh(collection, { split }) },
      folder: join(out, "checkpoints"),
      checkpointEvery: options["checkpoint-every"],
      resume: options.resume,
    });
    await show(events);
    await Deno.copyFile(join(out, "checkpoints", "events.arrow"), join(out, "events.arrow"));
    await encoder.save(folder, { card: card(encoder, name, split, loss) });
    await encoder.dispose();
    console.log(`Encoder written to ${folder}`);
  },
});

/** Shows events in the terminal, a line in place, and lasting lines for what matters. */
async function show(events: AsyncIterable<TrainEvent>): Promise<void> {
  let report: ReturnType<typeof progress> | undefined;
  for await (const event of events) {
    if (event.type !== "step" && event.type !== "checkpoint") endProgressLine();
    switch (event.type) {
      case "step": {
        const { loss, learning_rate, tokens_per_second, epoch } = event;
        report ??= progress({ label: "training", total: event.steps, unit: "steps", from: event.step - 1 });
        const rate = `${Math.round(tokens_per_second).toLocaleString("en")} tokens/s`;
        report.update(
          event.step,
          `loss ${loss.toFixed(4)}, epoch ${epoch.toFixed(2)}, learning rate ${
            learning_rate.toExponential(1)
          }, ${rate}`,
        );
        break;
      }
      case "evaluation": {
        const values = Object.entries(event.values).map(([name, value]) => `${name} ${value.toFixed(4)}`).join(", ");
        console.log(`step ${event.step}: ${values}${event.best ? " (best)" : ""}`);
        break;
      }
      case "draw":
        if (event.shortfalls > 0) {
          const times = `${event.shortfalls} time${event.shortfalls === 1 ? "" : "s"}`;
          console.log(`epoch ${event.epoch}: ${times} a query had fewer negatives of a source than asked for`);
        }
        break;
      case "refresh":
        console.log(`step ${event.step}: mined anew, ${event.rows} candidates`);
        break;
      case "resume":
        console.log(`Going on from ${event.path}`);
        break;
      case "checkpoint":
        break;
      case "done":
        report?.finish();
        console.log(`${event.reason} after ${event.step} steps, ${duration(event.wall_ms / 1000)}`);
        break;
      case "stopped":
        report?.finish();
        console.error(
          `Stopped at step ${event.step} of ${event.steps}. Run the same command with --resume to continue.`,
        );
        break;
      default:
        event satisfies never;
    }
  }
}

function lossOf(
  options: Record<"loss", string> & Partial<Record<"temperature" | "margin" | "mask-margin", number>> & {
    guide?: string;
    dimensions?: string;
  },
): Loss {
  const { temperature, margin, dimensions, guide } = options;
  const given = Object.fromEntries(Object.entries({ temperature, margin }).filter(([, v]) => v !== undefined));
  let loss = (losses[options.loss as LossName] as (settings: object) => Loss)(given);
  for (const key of Object.keys(given)) {
    if (!loss.name.includes(`${key}=`)) throw new ArgumentError(`Loss ${options.loss} has no ${key}`, { field: key });
  }
  if (options["mask-margin"] !== undefined) loss = masked(loss, { margin: options["mask-margin"] });
  if (guide !== undefined) loss = gist(loss);
  return dimensions === undefined ? loss : matryoshka(loss, { dimensions: dimensions.split(",").map(Number) });
}

/** `synthetic:1,bm25:3` as a mix. */
function mixOf(text: string): Partial<Record<Source, number>> {
  return Object.fromEntries(
    text.split(",").map((part) => {
      const [source, count] = part.split(":");
      if (!SOURCES.includes(source as Source) || !(Number(count) > 0)) {
        throw new ArgumentError(`Found "${part}" in --mix, wanted source:count with a source of ${SOURCES.join(", ")}`);
      }
      return [source, Number(count)];
    }),
  );
}

function card(encoder: TrainableEncoder, collection: string, split: string, loss: Loss): string {
  return `# ${encoder.name}, fine-tuned\n\nTrained on the ${split} split of ${collection} with ${loss.name}.\n`;
}

if (import.meta.main) await main(trainCommand);
