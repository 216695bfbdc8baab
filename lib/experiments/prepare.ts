import { join } from "node:path";
import { checkOptions, type OptionKinds } from "../core/options.ts";
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

/**
 * Options of {@link prepare}.
 *
 * @category Experiments
 */
export interface PrepareOptions {
  /**
   * Encoder sessions at a time, each with the configuration's threads. The vectors are the same, bit for bit. Omit to use
   * the machine's cores.
   */
  jobs?: number;
  /** Stops the work. */
  signal?: AbortSignal;
  /**
   * Report no progress.
   * @default {false}
   */
  quiet?: boolean;
}

const PREPARE_OPTIONS: OptionKinds<PrepareOptions> = { jobs: "number", signal: "object", quiet: "boolean" };

/** Loads the collection of a configuration, and checks that it has the splits. */
export async function collectionOf(config: ExperimentConfig, signal?: AbortSignal): Promise<Collection> {
  const collection = await loadCollection(config.collection, { signal });
  for (const split of Object.values(config.splits)) {
    if (Object.hasOwn(collection.qrels, split)) continue;
    const known = suggestion(split, Object.keys(collection.qrels));
    throw new KitError(`Unknown split "${split}" of collection "${collection.name}": ${known}`);
  }
  return withoutDangling(collection, config.splits.train).collection;
}

/** Loads the encoder of a configuration, untrained. */
export function encoderOf(
  { encoder, prompts, train: { maxLength }, threads }: ExperimentConfig,
  options: { cache?: string; sessions?: number } = {},
): Promise<TrainableEncoder> {
  return loadEncoder(encoder, {
    ...options,
    threads,
    prompts,
    ...(maxLength === null ? {} : { maxLength }),
  });
}

/**
 * Validates collection, splits, recorded replies, encoder and learning rates before creating the run folder.
 *
 * @category Experiments
 *
 * @throws {KitError} if one of them is missing.
 * @throws {ArgumentError} if a learning rate would ruin a pretrained transformer.
 *
 * @example
 * ```ts
 * import { preflight, PRESETS } from "./mod.ts";
 * await preflight(PRESETS.facets.config);
 * ```
 */
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
 * Makes what all cells share: candidates of every source that an arm asks for, guarded, filtered and scored; their
 * similarities; the audit. Does nothing if the run is already prepared.
 *
 * @category Experiments
 *
 * @throws {ArgumentError} if an arm has nothing to train on.
 *
 * @example
 * ```ts ignore
 * import { openRun, prepare } from "./mod.ts";
 * await prepare(await openRun("data/runs/facets-20261121-120000"));
 * ```
 */
export async function prepare(run: RunFolder, options: PrepareOptions = {}): Promise<void> {
  checkOptions<PrepareOptions>("prepare", options, PREPARE_OPTIONS);
  return await lockedRun(run, "prepare the run", () => prepareRun(run, options));
}

/** {@link prepare} for a caller that holds the run's lock. */
export async function prepareRun(run: RunFolder, options: PrepareOptions): Promise<void> {
  if (await exists(join(run.path, INPUTS))) return;
  const { config } = run.manifest;
  const collection = await collectionOf(config, options.signal);
  // Miners, scores and similarities need the same vectors. A cache that starts empty gives the same bytes in every run.
  const vectors = join(run.path, "vectors");
  await Deno.remove(vectors, { recursive: true }).catch(() => {});
  const encoder = await encoderOf(config, { cache: vectors, sessions: jobsOf(config, options.jobs) });
  try {
    await encodeCorpus(collection, encoder, options);
    const negatives = await candidates({ config, collection, encoder, ...options });
    await checkArms(config, { collection, encoder, negatives });
    await writeShared(run, { collection, encoder, negatives }, options.signal);
  } finally {
    await encoder.dispose();
    await Deno.remove(vectors, { recursive: true }).catch(() => {});
  }
}

async function encodeCorpus(
  collection: Collection,
  encoder: TrainableEncoder,
  { signal, quiet }: PrepareOptions,
): Promise<void> {
  const passages = [...collection.corpus.rows()].map((row) => passageText(row));
  const progress = progressOf({ label: "encoding", total: passages.length, unit: "passages", quiet });
  await encoder.encode(passages, { kind: "document", progress, signal });
  progress.finish();
}

type Shared = Omit<ArmMaterial, "repetition">;

/** Writes the files that all cells share, {@link INPUTS} last: it marks the run as prepared. */
async function writeShared(run: RunFolder, shared: Shared, signal?: AbortSignal): Promise<void> {
  const { config } = run.manifest;
  const { collection, encoder, negatives } = shared;
  const split = config.splits.train;
  const file = (name: string) => join(run.path, name);
  const writeJson = (name: string, value: unknown) =>
    writeAtomic(file(name), `${JSON.stringify(value, null, 2)}\n`, { overwrite: true });
  await writeTable(file("negatives.arrow"), negatives, { overwrite: true });
  const near = await similarities(encoder, collection, negatives, { split, signal });
  await writeTable(file("similarities.arrow"), near, { overwrite: true });
  await writeJson("audit.json", await audit(negatives, collection, { split }));
  const drawn = sourcesOf(config).length > 0 ? negatives : negatives.slice(0, 0);
  await writeJson(BASIS, basisOf(config, { collection, encoder, negatives: drawn }));
  const inputs: Inputs = {
    collection: collection.digest,
    encoder: encoder.fingerprint("document"),
    negatives: await sha256File(file("negatives.arrow")),
  };
  await writeJson(INPUTS, inputs);
}

/** @throws {ArgumentError} with the first arm that has nothing to train on, before any arm is trained. */
async function checkArms(config: ExperimentConfig, material: Shared): Promise<void> {
  for (const arm of config.arms.filter(({ method }) => method === "fine-tuned")) {
    // With in-batch negatives every seed has batches of the same sizes.
    const repetitions = arm.train?.inBatch ?? config.train.inBatch ? 1 : config.seeds;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      try {
        checkTraining(material.encoder, await armTraining(config, arm, { ...material, repetition }));
      } catch (error) {
        if (!(error instanceof ArgumentError)) throw error;
        throw new ArgumentError(`Arm "${arm.name}": ${error.message}`, {}, { cause: error });
      }
    }
  }
}

/** Number of jobs at a time: as given, or as many as the machine's cores allow. */
export function jobsOf({ threads }: ExperimentConfig, jobs?: number): number {
  return jobs ?? Math.max(1, Math.floor(navigator.hardwareConcurrency / threads));
}

/** Highest learning rate for a pretrained transformer; token tables of static encoders bear far more. */
const TRANSFORMER_RATE = 1e-3;

function checkRates(config: ExperimentConfig, encoder: TrainableEncoder): void {
  for (const arm of config.arms) {
    const rate = arm.train?.learningRate ?? config.train.learningRate;
    if (encoder.kind !== "transformer" || arm.method !== "fine-tuned" || rate <= TRANSFORMER_RATE) continue;
    throw new ArgumentError(
      `Cannot train the transformer "${encoder.name}" at a learning rate of ${rate}: it would destroy the weights. ` +
        "Use the preset `transformer`, or --set train.learningRate=2e-5",
    );
  }
}
