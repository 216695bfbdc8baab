import { join } from "node:path";
import { KitError } from "../core/mod.ts";
import { type Collection, ownDocuments } from "../collections/mod.ts";
import { EVENTS, NEGATIVES, type RUN, type SCORES, selectRows, type Table, tableOf } from "../tables/mod.ts";
import { readTable } from "../files/mod.ts";
import { frozenDocuments, type TrainableEncoder } from "../encoders/mod.ts";
import { depthOf } from "../evaluation/depth_of.ts";
import { evaluate, evaluateEncoder } from "../evaluation/mod.ts";
import { bm25 } from "../retrieval/mod.ts";
import { train } from "../training/mod.ts";
import { armNegatives } from "./arm_negatives.ts";
import { armTraining, drawsOwn } from "./arm_training.ts";
import { countedSampler } from "./counted_sampler.ts";
import { type Geometry, GeometryProbe } from "./geometry.ts";
import { helperEncoders } from "./helper_encoders.ts";
import { checkInputs } from "./inputs.ts";
import { saveCell } from "./kept_encoders.ts";
import { collectionOf, encoderOf, type Transfer, transfersOf } from "./load_inputs.ts";
import type { RunFolder } from "./run_folder.ts";
import { readTwins, scoreTwins } from "./twins.ts";
import type { Arm, Cell, ExperimentConfig } from "./types.ts";

/** Rankings and their scores. */
interface Ranked {
  readonly run: Table<typeof RUN>;
  readonly scores: Table<typeof SCORES>;
}

/** Results of training a cell. */
interface Trained {
  readonly steps: number;
  readonly events: Table<typeof EVENTS>;
  readonly drawn: Record<string, number>;
  readonly short: Record<string, number>;
  /** The main measure on dev after the last step, if it was measured. */
  readonly dev?: number;
  /** How training moved the vectors of a sample. */
  readonly geometry?: { before: Geometry; after: Geometry };
}

/** Tables and counts of a cell. */
export type CellResult = Ranked & Trained & {
  /** Scores on each transfer collection. */
  readonly transfers: readonly Table<typeof SCORES>[];
  /** Share of twins in which written text ranks below, by query; undefined without twins. */
  readonly bias?: Table<typeof SCORES>;
};

/** Trains and ranks with one arm and one seed. */
export async function computeCell(run: RunFolder, cell: Cell, signal?: AbortSignal): Promise<CellResult> {
  const { config } = run.manifest;
  const arm = config.arms.find(({ name }) => name === cell.arm)!;
  const work = {
    arm,
    cell,
    collection: await collectionOf(config, signal),
    transfers: await transfersOf(config, signal),
  };
  return arm.method === "bm25" ? await search(run, work) : await fineTune(run, work, signal);
}

/** What a cell works on. */
interface CellWork {
  readonly arm: Arm;
  readonly cell: Cell;
  readonly collection: Collection;
  readonly transfers: readonly Transfer[];
}

const UNTRAINED: Trained = { steps: 0, drawn: {}, short: {}, events: tableOf(EVENTS, []) };

/** Ranks with BM25. */
async function search(run: RunFolder, { collection, transfers }: CellWork): Promise<CellResult> {
  const { splits: { test }, measures } = run.manifest.config;
  await checkInputs(run, { collection, transfers });
  const others = [];
  for (const other of transfers) others.push((await searchSplit(other.collection, other.split, measures)).scores);
  return { ...await searchSplit(collection, test, measures), ...UNTRAINED, transfers: others };
}

async function searchSplit(collection: Collection, split: string, measures: readonly string[]): Promise<Ranked> {
  const index = await bm25(collection.corpus);
  const qrels = collection.qrels[split];
  const judged = new Set(qrels.column("query_id"));
  const ids = collection.queries.column("id");
  const rows = Array.from({ length: ids.length }, (_, i) => i).filter((i) => judged.has(ids.at(i)));
  const queries = selectRows(collection.queries, rows);
  const found = await index.searchAll(queries, { depth: depthOf(measures), excluded: ownDocuments(collection) });
  return { run: found, scores: evaluate(found, qrels, measures, { complete: true }) };
}

/** The encoder of a cell; with frozen documents, their encoder beside that of queries. */
async function cellEncoder(config: ExperimentConfig, arm: Arm): Promise<TrainableEncoder> {
  const encoder = await encoderOf(config, { arm });
  if ({ ...config.train, ...arm.train }.documents !== "frozen") return encoder;
  return frozenDocuments(encoder, await encoderOf(config, { arm }));
}

/** Trains the encoder, unless the arm is untrained, and ranks with it. */
async function fineTune(run: RunFolder, work: CellWork, signal?: AbortSignal): Promise<CellResult> {
  const { arm, cell, collection, transfers } = work;
  const { config } = run.manifest;
  const tuned = arm.method === "fine-tuned";
  const encoder = await cellEncoder(config, arm);
  try {
    const known = arm.prompts ? {} : { encoder };
    await checkInputs(run, { collection, transfers, ...known, ...(tuned ? { arm } : {}) });
    const trained = tuned ? await tune(run, work, encoder, signal) : UNTRAINED;
    const { splits: { test: split }, measures } = config;
    const ranked = await evaluateEncoder(encoder, collection, { split, measures, signal });
    const others: Table<typeof SCORES>[] = [];
    for (const { collection, split } of transfers) {
      others.push((await evaluateEncoder(encoder, collection, { split, measures, signal })).scores);
    }
    const bias = await biasOf(run, { collection, encoder, signal });
    if (tuned) await saveCell(run, cell, encoder);
    return { ...ranked, ...trained, transfers: others, bias };
  } finally {
    await encoder.dispose();
  }
}

/** The encoder's source bias, if the run has twins. */
async function biasOf(
  run: RunFolder,
  work: { collection: Collection; encoder: TrainableEncoder; signal?: AbortSignal },
): Promise<Table<typeof SCORES> | undefined> {
  const twins = await readTwins(run);
  if (twins.length === 0) return undefined;
  const negatives = await readTable(join(run.path, "negatives.arrow"), NEGATIVES);
  return await scoreTwins(twins, { ...work, negatives });
}

async function tune(
  run: RunFolder,
  { arm, cell, collection }: CellWork,
  encoder: TrainableEncoder,
  signal?: AbortSignal,
): Promise<Trained> {
  const { config } = run.manifest;
  const negatives = drawsOwn(arm) ? await armNegatives(run, arm) : undefined;
  const helpers = await helperEncoders(config, arm);
  try {
    const options = armTraining(config, arm, {
      ...{ repetition: cell.repetition, collection, encoder, negatives },
      ...{ guide: helpers.guide, teacher: helpers.teacher },
    });
    const sampler = options.sampler && countedSampler(options.sampler);
    const candidates = await readTable(join(run.path, "negatives.arrow"), NEGATIVES);
    const probe = new GeometryProbe(collection, config.splits.dev, drawsOwn(arm) ? candidates : undefined);
    const before = await probe.measure(encoder, signal);
    let dev: number | undefined;
    for await (const event of train(encoder, { ...options, sampler, signal })) {
      if (event.type === "evaluation") dev = event.values[config.measures[0]];
      if (event.type !== "done") continue;
      const { step: steps, events } = event;
      const geometry = { before, after: await probe.measure(encoder, signal) };
      return { steps, events, drawn: sampler?.drawn ?? {}, short: sampler?.short ?? {}, dev, geometry };
    }
    throw new KitError(`Cannot finish arm "${arm.name}": its training ended without a result`);
  } finally {
    await helpers.dispose();
  }
}
