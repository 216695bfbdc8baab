import { join } from "node:path";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { fileError, KitError, writeAtomic } from "../core/mod.ts";
import { writeFolder } from "../core/write_folder.ts";
import { type Collection, ownDocuments } from "../collections/mod.ts";
import { digestTable, EVENTS, NEGATIVES, selectRows, type Table, tableOf, withColumns } from "../tables/mod.ts";
import { readTable, writeTable } from "../files/mod.ts";
import type { TrainableEncoder } from "../encoders/mod.ts";
import { depthOf } from "../evaluation/depth_of.ts";
import { evaluate, evaluateEncoder, means } from "../evaluation/mod.ts";
import { bm25 } from "../retrieval/mod.ts";
import { train } from "../training/mod.ts";
import { armTraining } from "./arm_training.ts";
import { countedSampler } from "./counted_sampler.ts";
import { checkInputs } from "./inputs.ts";
import { collectionOf, encoderOf } from "./prepare.ts";
import { isDone, type RunFolder } from "./run_folder.ts";
import { lockCell } from "./run_lock.ts";
import type { Arm, Cell } from "./types.ts";

/**
 * Report of a finished cell.
 *
 * @category Experiments
 */
export interface CellReport {
  /** Name of the arm. */
  arm: string;
  /** Repetition, from 0. */
  repetition: number;
  /** Seconds that it took. */
  seconds: number;
  /** Steps of its training. */
  steps: number;
  /** Mean negatives of each source per instance, as drawn in the first epoch. */
  drawn: Record<string, number>;
  /** Queries with fewer negatives than the arm asks for, by source. */
  short: Record<string, number>;
  /** Means of the measures on the test split. */
  values: Record<string, number>;
  /** Digests of everything that a repetition must reproduce, which is all but times. */
  digests: Record<string, string>;
}

/**
 * Options of {@link runCell}.
 *
 * @category Experiments
 */
export interface CellOptions {
  /** Stops the cell. */
  signal?: AbortSignal;
}

const CELL_OPTIONS: OptionKinds<CellOptions> = { signal: "object" };

/**
 * Runs one arm with one seed. Its folder is complete or absent.
 *
 * @category Experiments
 *
 * @throws {KitError} if the cell is finished, another process runs it, or its inputs have changed.
 *
 * @example
 * ```ts ignore
 * import { openRun, runCell } from "./mod.ts";
 * const run = await openRun("data/runs/facets-20261121-120000");
 * console.log((await runCell(run, run.cells[0])).values);
 * ```
 */
export async function runCell(run: RunFolder, cell: Cell, options: CellOptions = {}): Promise<CellReport> {
  checkOptions<CellOptions>("runCell", options, CELL_OPTIONS);
  const lock = await lockCell(run, cell);
  try {
    return await lockedCell(run, cell, options);
  } catch (error) {
    throw fileError("run a cell", join(run.path, cell.folder), error);
  } finally {
    await lock.release();
  }
}

async function lockedCell(run: RunFolder, cell: Cell, options: CellOptions): Promise<CellReport> {
  const folder = join(run.path, cell.folder);
  if (await isDone(run, cell)) throw new KitError("Cannot run a cell: it is already finished", { file: folder });
  const arm = run.manifest.config.arms.find(({ name }) => name === cell.arm)!;
  const collection = await collectionOf(run.manifest.config, options.signal);
  const start = performance.now();
  const result = arm.method === "bm25"
    ? await search(run, collection)
    : await fineTune(run, { arm, cell, collection }, options);
  return await writeCell(folder, cell, result, start);
}

/** Tables and counts of a cell. */
type Result =
  & Awaited<ReturnType<typeof evaluateEncoder>>
  & Pick<CellReport, "steps" | "drawn" | "short">
  & { events: Table<typeof EVENTS> };

async function writeCell(folder: string, cell: Cell, result: Result, start: number): Promise<CellReport> {
  const { run, scores, events, steps, drawn, short } = result;
  const report: CellReport = {
    arm: cell.arm,
    repetition: cell.repetition,
    seconds: (performance.now() - start) / 1000,
    steps,
    drawn,
    short,
    values: Object.fromEntries(means(scores)),
    digests: {
      run: digestTable(run),
      scores: digestTable(scores),
      events: digestTable(withColumns(events, { wall_ms: new Float64Array(events.length) })),
    },
  };
  await writeFolder(folder, async (part) => {
    await writeTable(join(part, "run.arrow"), run);
    await writeTable(join(part, "scores.arrow"), scores);
    await writeTable(join(part, "events.arrow"), events);
    await writeAtomic(join(part, "cell.json"), `${JSON.stringify(report, null, 2)}\n`);
  }, { doing: "run a cell" });
  return report;
}

const UNTRAINED = { steps: 0, drawn: {}, short: {}, events: tableOf(EVENTS, []) };

/** Ranks with BM25. */
async function search(run: RunFolder, collection: Collection): Promise<Result> {
  const { splits, measures } = run.manifest.config;
  await checkInputs(run, { collection });
  const index = await bm25(collection.corpus);
  const qrels = collection.qrels[splits.test];
  const judged = new Set(qrels.column("query_id"));
  const ids = collection.queries.column("id");
  const rows = Array.from({ length: ids.length }, (_, i) => i).filter((i) => judged.has(ids.at(i)));
  const queries = selectRows(collection.queries, rows);
  const found = await index.searchAll(queries, { depth: depthOf(measures), excluded: ownDocuments(collection) });
  return { run: found, scores: evaluate(found, qrels, measures, { complete: true }), ...UNTRAINED };
}

/** What a cell trains on. */
interface CellWork {
  arm: Arm;
  cell: Cell;
  collection: Collection;
}

/** Trains the encoder, unless the arm is untrained, and ranks with it. */
async function fineTune(run: RunFolder, work: CellWork, { signal }: CellOptions): Promise<Result> {
  const { arm, collection } = work;
  const { config } = run.manifest;
  const encoder = await encoderOf(config);
  try {
    await checkInputs(run, { collection, encoder, negatives: arm.method === "fine-tuned" });
    const trained = arm.method === "untrained" ? UNTRAINED : await tune(run, work, encoder, signal);
    const { splits: { test: split }, measures } = config;
    return { ...await evaluateEncoder(encoder, collection, { split, measures, signal }), ...trained };
  } finally {
    await encoder.dispose();
  }
}

async function tune(
  run: RunFolder,
  { arm, cell, collection }: CellWork,
  encoder: TrainableEncoder,
  signal?: AbortSignal,
): Promise<Pick<Result, "steps" | "drawn" | "short" | "events">> {
  const negatives = await readTable(join(run.path, "negatives.arrow"), NEGATIVES);
  const material = { repetition: cell.repetition, collection, encoder, negatives };
  const options = await armTraining(run.manifest.config, arm, material);
  const sampler = options.sampler && countedSampler(options.sampler);
  for await (const event of train(encoder, { ...options, sampler, signal })) {
    if (event.type !== "done") continue;
    return { steps: event.step, events: event.events, drawn: sampler?.drawn ?? {}, short: sampler?.short ?? {} };
  }
  throw new KitError(`Cannot finish arm "${arm.name}": its training ended without a result`);
}
