import { join } from "node:path";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError, exists, KitError, progress as progressOf, sha256File, writeAtomic } from "../core/mod.ts";
import { type Collection, passageText } from "../collections/mod.ts";
import { writeTable } from "../files/mod.ts";
import { loadCrossEncoder, type TrainableEncoder } from "../encoders/mod.ts";
import type { NEGATIVES, Table } from "../tables/mod.ts";
import { audit } from "../negatives/mod.ts";
import { similarities } from "../evaluation/mod.ts";
import { checkTraining } from "../training/mod.ts";
import { filterArm, filteredFile, hasFilters } from "./arm_negatives.ts";
import { armTraining, drawsOwn } from "./arm_training.ts";
import { BASIS, basisOf } from "./basis.ts";
import { candidates, recipesOf, sourcesOf } from "./candidates.ts";
import { splitPart } from "./config/part_schema.ts";
import { FORECAST, forecast } from "./forecast.ts";
import { helperEncoders } from "./helper_encoders.ts";
import { imported } from "./imported.ts";
import { INPUTS, type Inputs, transferInput } from "./inputs.ts";
import { collectionOf, encoderOf, type Transfer, transfersOf } from "./load_inputs.ts";
import type { RunFolder } from "./run_folder.ts";
import { lockedRun } from "./run_lock.ts";
import { findTwins, TWINS } from "./twins.ts";
import type { Arm, ExperimentConfig } from "./types.ts";
import { written } from "./written.ts";

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

/**
 * Validates collections, splits, files of negatives and replies, encoders and learning rates before creating the run
 * folder.
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
  if (config.crossEncoder !== undefined) await (await loadCrossEncoder(config.crossEncoder, { signal })).dispose();
  if (sourcesOf(config).includes("imported")) await imported(config, collection);
  await checkFilterFiles(config);
  await transfersOf(config, signal);
  const encoder = await encoderOf(config);
  try {
    checkRates(config, encoder);
  } finally {
    await encoder.dispose();
  }
  for (const arm of config.arms.filter(({ method }) => method === "fine-tuned")) {
    await (await helperEncoders(config, arm)).dispose();
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
    const tables = await filteredByArm(config, { collection, encoder, negatives }, options.signal);
    checkArms(config, { collection, encoder, negatives }, tables);
    const transfers = await transfersOf(config, options.signal);
    await writeShared(run, { collection, encoder, negatives, tables, transfers }, options.signal);
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

/** What the candidates of all arms are made from, and they. */
interface Shared {
  collection: Collection;
  encoder: TrainableEncoder;
  negatives: Table<typeof NEGATIVES>;
}

/** Candidates by name of the arm. */
type ByArm = ReadonlyMap<string, Table<typeof NEGATIVES>>;

/** The candidates of every arm that draws some, through its own filters. */
async function filteredByArm(config: ExperimentConfig, shared: Shared, signal?: AbortSignal): Promise<ByArm> {
  const tables = new Map<string, Table<typeof NEGATIVES>>();
  for (const arm of config.arms.filter(drawsOwn)) {
    const work = () => filterArm(config, arm, { ...shared, signal });
    tables.set(arm.name, await named(arm, work));
  }
  return tables;
}

/** Writes the files that all cells share, {@link INPUTS} last: it marks the run as prepared. */
async function writeShared(
  run: RunFolder,
  { collection, encoder, negatives, tables, transfers }: Shared & { tables: ByArm; transfers: readonly Transfer[] },
  signal?: AbortSignal,
): Promise<void> {
  const { config } = run.manifest;
  const split = config.splits.train;
  const file = (name: string) => join(run.path, name);
  const writeJson = (name: string, value: unknown) =>
    writeAtomic(file(name), `${JSON.stringify(value, null, 2)}\n`, { overwrite: true });
  await writeTable(file("negatives.arrow"), negatives, { overwrite: true });
  const filtered = config.arms.filter(hasFilters);
  for (const arm of filtered) await writeTable(file(filteredFile(arm)), tables.get(arm.name)!, { overwrite: true });
  const near = await similarities(encoder, collection, negatives, { split, signal });
  await writeTable(file("similarities.arrow"), near, { overwrite: true });
  const audited = await audit(negatives, collection, { split });
  await writeJson("audit.json", audited);
  const drawn = sourcesOf(config).length > 0 ? negatives : negatives.slice(0, 0);
  const { falseNegatives } = audited;
  const foreseen = { collection, encoder, negatives: drawn, similarities: near, falseNegatives, signal };
  await writeJson(FORECAST, await forecast(config, foreseen));
  const twins = await findTwins(config, { collection, encoder, negatives: drawn, signal });
  await writeJson(TWINS, twins);
  await writeJson(BASIS, basisOf(config, { collection, encoder, negatives: drawn }));
  const inputs: Inputs = {
    collection: collection.digest,
    encoder: encoder.fingerprint("document"),
    negatives: await sha256File(file("negatives.arrow")),
  };
  for (const arm of filtered) inputs[`negatives of ${arm.name}`] = await sha256File(file(filteredFile(arm)));
  for (const transfer of transfers) inputs[transferInput(transfer)] = transfer.collection.digest;
  await writeJson(INPUTS, inputs);
}

/** @throws {ArgumentError} with every arm that has nothing to train on, a line each, before any is trained. */
function checkArms(config: ExperimentConfig, { collection, encoder }: Shared, tables: ByArm): void {
  const faults: ArgumentError[] = [];
  for (const arm of config.arms.filter(({ method }) => method === "fine-tuned")) {
    // With in-batch negatives every seed has batches of the same sizes.
    const repetitions = arm.train?.inBatch ?? config.train.inBatch ? 1 : config.seeds;
    // The plan asks whether guide and teacher are there, not for their vectors.
    const material = { collection, encoder, negatives: tables.get(arm.name), guide: encoder, teacher: encoder };
    try {
      for (let repetition = 0; repetition < repetitions; repetition++) {
        checkTraining(encoder, armTraining(config, arm, { ...material, repetition }));
      }
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      faults.push(new ArgumentError(`Arm "${arm.name}": ${error.message}`, {}, { cause: error }));
    }
  }
  if (faults.length === 1) throw faults[0];
  if (faults.length > 1) throw new ArgumentError(faults.map(({ message }) => message).join("\n"));
}

/** Does the work of an arm; an error names it. */
async function named<T>({ name }: Arm, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ArgumentError(`Arm "${name}": ${error.message}`, {}, { cause: error });
  }
}

/** Number of jobs at a time: as given, or as many as the machine's cores allow. */
export function jobsOf({ threads }: ExperimentConfig, jobs?: number): number {
  return jobs ?? Math.max(1, Math.floor(navigator.hardwareConcurrency / threads));
}

/** @throws {KitError} for a file that a filter names and that does not exist. */
async function checkFilterFiles({ filters = [], arms }: ExperimentConfig): Promise<void> {
  for (const part of [...filters, ...arms.flatMap(({ negatives }) => negatives?.filters ?? [])]) {
    const { name, options: { file } } = splitPart(part);
    if (typeof file !== "string" || await exists(file)) continue;
    throw new KitError(`Cannot use filter ${name}: there is no such file`, { file });
  }
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
