import { checkOptions, type OptionKinds } from "../core/options.ts";
import { join } from "node:path";
import {
  ArgumentError,
  exists,
  KitError,
  progress as progressOf,
  sha256File,
  suggestion,
  writeAtomic,
} from "../core/mod.ts";
import { type Collection, loadCollection, passageText, withoutDangling } from "../collections/mod.ts";
import { writeTable } from "../files/mod.ts";
import { loadEncoder, type TrainableEncoder } from "../encoders/mod.ts";
import { audit } from "../negatives/mod.ts";
import { similarities } from "../evaluation/mod.ts";
import { checkTraining } from "../training/mod.ts";
import { type ArmMaterial, armTraining } from "./arm_training.ts";
import { BASIS, basisOf } from "./basis.ts";
import { candidates, recipesOf, sourcesOf, written } from "./candidates.ts";
import { INPUTS, type Inputs } from "./inputs.ts";
import type { RunFolder } from "./run_folder.ts";
import { lockedRun } from "./run_lock.ts";
import type { ExperimentConfig } from "./types.ts";

/** Options of {@link prepare}. */
export interface PrepareOptions {
  /**
   * Sessions that encode at a time, each with the configuration's threads; the vectors are the same, bit for bit.
   * @default the machine's cores over the configuration's threads
   */
  jobs?: number;
  signal?: AbortSignal;
  quiet?: boolean;
}

const PREPARE_OPTIONS: OptionKinds<PrepareOptions> = { jobs: "number", signal: "object", quiet: "boolean" };

/** The collection of a configuration, with its splits checked. */
export async function collectionOf(config: ExperimentConfig, signal?: AbortSignal): Promise<Collection> {
  const collection = await loadCollection(config.collection, { signal });
  for (const split of Object.values(config.splits)) {
    if (!Object.hasOwn(collection.qrels, split)) {
      throw new KitError(
        `Unknown split "${split}" of collection "${collection.name}": ${
          suggestion(split, Object.keys(collection.qrels))
        }`,
      );
    }
  }
  return withoutDangling(collection, config.splits.train).collection;
}

/** The encoder of a configuration, fresh. */
export function encoderOf(
  { encoder, prompts, train: { max_length }, threads }: ExperimentConfig,
  options: { cache?: string; sessions?: number } = {},
): Promise<TrainableEncoder> {
  return loadEncoder(encoder, {
    ...options,
    threads,
    prompts,
    ...(max_length === null ? {} : { maxLength: max_length }),
  });
}

/** Finds out before anything is made whether collection, splits, recorded replies, encoder and rates will do. */
export async function preflight(config: ExperimentConfig, signal?: AbortSignal): Promise<void> {
  const collection = await collectionOf(config, signal);
  for (const recipe of recipesOf(config)) await written(config, collection, recipe, signal);
  const encoder = await encoderOf(config);
  try {
    checkRates(config, encoder);
  } finally {
    await encoder.dispose();
  }
}

/**
 * Makes what all cells share, once: candidates of every source that an arm asks for, guarded, filtered and scored; their
 * similarities; the audit. Does nothing when it is there already.
 */
export async function prepare(run: RunFolder, options: PrepareOptions = {}): Promise<void> {
  checkOptions<PrepareOptions>("prepare", options, PREPARE_OPTIONS);
  return await lockedRun(run, "prepare the run", () => prepareRun(run, options));
}

/** {@link prepare} for one that holds the run's lock. */
export async function prepareRun(run: RunFolder, options: PrepareOptions): Promise<void> {
  const inputsFile = join(run.path, INPUTS);
  if (await exists(inputsFile)) return;
  const { config } = run.manifest;
  const split = config.splits.train;
  const collection = await collectionOf(config, options.signal);
  // Miners, scores and similarities want the same vectors. A cache that began empty gives the same bytes in every run.
  const vectors = join(run.path, "vectors");
  await Deno.remove(vectors, { recursive: true }).catch(() => {});
  const encoder = await encoderOf(config, { cache: vectors, sessions: atATime(config, options.jobs) });
  try {
    const passages = [...collection.corpus.rows()].map((row) => passageText(row));
    const progress = progressOf({ label: "encoding", total: passages.length, unit: "passages", quiet: options.quiet });
    await encoder.encode(passages, { kind: "document", progress, signal: options.signal });
    progress.finish();
    const negatives = await candidates(config, collection, encoder, options);
    checkArms(config, { collection, encoder, negatives });
    const overwrite = { overwrite: true };
    await writeTable(join(run.path, "negatives.arrow"), negatives, overwrite);
    const table = await similarities(encoder, collection, negatives, { split, signal: options.signal });
    await writeTable(join(run.path, "similarities.arrow"), table, overwrite);
    const report = await audit(negatives, collection, { split });
    await writeAtomic(join(run.path, "audit.json"), `${JSON.stringify(report, null, 2)}\n`, overwrite);
    const drawn = sourcesOf(config).length > 0 ? negatives : negatives.slice(0, 0);
    const basis = basisOf(config, { collection, encoder, negatives: drawn });
    await writeAtomic(join(run.path, BASIS), `${JSON.stringify(basis, null, 2)}\n`, overwrite);
    const inputs: Inputs = {
      collection: collection.digest,
      encoder: encoder.fingerprint("document"),
      negatives: await sha256File(join(run.path, "negatives.arrow")),
    };
    await writeAtomic(inputsFile, `${JSON.stringify(inputs, null, 2)}\n`, overwrite);
  } finally {
    await encoder.dispose();
    await Deno.remove(vectors, { recursive: true }).catch(() => {});
  }
}

/** @throws {ArgumentError} naming the first arm that has nothing to train on, before any arm has trained. */
function checkArms(config: ExperimentConfig, material: Omit<ArmMaterial, "repetition">): void {
  for (const arm of config.arms.filter(({ method }) => method === "fine-tuned")) {
    // With in-batch negatives every seed has batches of the same sizes.
    const repetitions = arm.train?.in_batch ?? config.train.in_batch ? 1 : config.seeds;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      try {
        checkTraining(material.encoder, armTraining(config, arm, { ...material, repetition }));
      } catch (error) {
        if (!(error instanceof ArgumentError)) throw error;
        throw new ArgumentError(`Arm "${arm.name}": ${error.message}`, {}, { cause: error });
      }
    }
  }
}

/** What runs at a time where nobody says: as many as the machine's cores allow. */
export function atATime({ threads }: ExperimentConfig, jobs?: number): number {
  return jobs ?? Math.max(1, Math.floor(navigator.hardwareConcurrency / threads));
}

/** Highest learning rate that a pretrained transformer is given; token tables of static encoders take far more. */
const TRANSFORMER_RATE = 1e-3;

function checkRates(config: ExperimentConfig, encoder: TrainableEncoder): void {
  for (const arm of config.arms) {
    const rate = arm.train?.learning_rate ?? config.train.learning_rate;
    if (encoder.kind !== "transformer" || arm.method !== "fine-tuned" || rate <= TRANSFORMER_RATE) continue;
    throw new ArgumentError(
      `Cannot train the transformer "${encoder.name}" at a learning rate of ${rate}: its weights would be lost. ` +
        "Use the preset `transformer`, or --set train.learning_rate=2e-5",
    );
  }
}
