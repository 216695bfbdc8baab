import type { Collection } from "../collections/mod.ts";
import { ArgumentError } from "../core/errors.ts";
import {
  type CrossEncoder,
  type Encoder,
  isCrossEncoder,
  loadCrossEncoder,
  loadEncoder,
  type LoraOptions,
} from "../encoders/mod.ts";
import { evaluateCollections, evaluateEncoder, means, measure } from "../evaluation/mod.ts";
import { type Mix, refresh, samplers } from "../negatives/mod.ts";
import { type NEGATIVES, type Source, SOURCES, type Table } from "../tables/mod.ts";
import type { Loss, ScheduleName, TrainEvaluation, TrainOptions } from "../training/mod.ts";
import type { TrainFlags } from "./train_flags.ts";

/**
 * Checks flags that need or exclude each other, before anything is loaded.
 *
 * @throws {ArgumentError} for a flag that would have no effect.
 */
export function checkTrainFlags(flags: TrainFlags): void {
  const withoutBatch = flags.negatives.length > 0 && !flags["in-batch"];
  const ineffective = [
    ["mask-margin", "in-batch", withoutBatch],
    ["guide", "in-batch", withoutBatch],
    ["mix", "negatives", flags.negatives.length === 0],
    ["patience", "evaluate", flags.evaluate === undefined],
    ["evaluate-every", "evaluate", flags.evaluate === undefined],
    ["lora-alpha", "lora-rank", flags["lora-rank"] === undefined],
    ["lora-dropout", "lora-rank", flags["lora-rank"] === undefined],
  ] as const;
  for (const [name, other, missing] of ineffective) {
    if (flags[name] !== undefined && missing) throw new ArgumentError(`Cannot use --${name} without --${other}`);
  }
  if (flags["lora-target"].length > 0 && flags["lora-rank"] === undefined) {
    throw new ArgumentError("Cannot use --lora-target without --lora-rank");
  }
  const mix = mixOf(flags.mix);
  if (mix && flags["train-group-size"] !== undefined) {
    throw new ArgumentError("--train-group-size and --mix exclude each other");
  }
  if (mix && flags["refresh-every"] !== undefined && !mix.model) {
    throw new ArgumentError("--refresh-every needs the source model in --mix: the mined negatives are not drawn");
  }
}

/** What training reads beside the flags. */
export interface TrainInputs {
  readonly collection: Collection;
  /** The collections that it joins, by name, if there are several. */
  readonly parts?: Readonly<Record<string, Collection>>;
  readonly negatives: Table<typeof NEGATIVES> | undefined;
  readonly loss: Loss;
  /** Folder of the checkpoints. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** The options of `train` that the flags ask for; loads guide and teacher. */
export async function trainSettings(flags: TrainFlags, inputs: TrainInputs): Promise<TrainOptions> {
  const { split, seed, epochs, steps, positives, warmup, clip, accumulate, chunk, dropout, freeze, threads } = flags;
  const { parts, ...rest } = inputs;
  const { collection, negatives } = rest;
  const temperature = flags["collection-temperature"];
  const mix = mixOf(flags.mix);
  const every = flags["refresh-every"];
  return {
    ...rest,
    groups: parts && { field: "collection", temperature },
    ...{ split, seed, epochs, steps, positives, warmup, clip, accumulate, chunk, dropout, freeze, threads },
    batchSize: flags["batch-size"],
    tokens: flags.tokens,
    trainGroupSize: flags["train-group-size"],
    inBatch: flags["in-batch"] || negatives === undefined,
    sampler: mix && negatives ? samplers.hybrid(mix, { seed }) : undefined,
    learningRate: flags["learning-rate"],
    schedule: flags.schedule as ScheduleName,
    optimizer: { weightDecay: flags["weight-decay"] },
    lora: loraOf(flags),
    guide: await encoderOf(flags.guide),
    teacher: flags.teacher === "scores" ? flags.teacher : await teacherOf(flags.teacher),
    evaluate: flags.evaluate === undefined ? undefined : evaluation(flags.evaluate, flags, { collection, parts }),
    refresh: every === undefined ? undefined : { every, mine: refresh(collection, { split }) },
    checkpointEvery: flags["checkpoint-every"],
    resume: flags.resume,
  };
}

function loraOf(flags: TrainFlags): LoraOptions | undefined {
  const { "lora-rank": rank, "lora-alpha": alpha, "lora-dropout": dropout, "lora-target": targets } = flags;
  if (rank === undefined) return undefined;
  return { rank, alpha, dropout, targets: targets.length > 0 ? targets : undefined };
}

async function teacherOf(name: string | undefined): Promise<Encoder | CrossEncoder | undefined> {
  return name !== undefined && await isCrossEncoder(name) ? await loadCrossEncoder(name) : await encoderOf(name);
}

async function encoderOf(name: string | undefined): Promise<Encoder | undefined> {
  return name === undefined ? undefined : await loadEncoder(name);
}

function evaluation(
  split: string,
  flags: TrainFlags,
  { collection, parts }: Pick<TrainInputs, "collection" | "parts">,
): TrainEvaluation {
  const { name } = measure(flags.measure);
  return {
    name: split,
    every: flags["evaluate-every"],
    patience: flags.patience,
    measure: name,
    run: async (encoder, { signal }) =>
      parts ? await evaluateCollections(encoder, parts, { split, measure: name, signal }) : Object.fromEntries(
        means((await evaluateEncoder(encoder, collection, { split, measures: [name], signal })).scores),
      ),
  };
}

/** `synthetic:1,bm25:3` as a mix. */
function mixOf(text: string | undefined): Mix | undefined {
  return text === undefined ? undefined : Object.fromEntries(
    text.split(",").map((part) => {
      const [source, count] = part.split(":");
      if (!SOURCES.includes(source as Source) || !(Number(count) > 0)) {
        throw new ArgumentError(`--mix must be source:count with a source of ${SOURCES.join(", ")}, found "${part}"`);
      }
      return [source, Number(count)];
    }),
  );
}
