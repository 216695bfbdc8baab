import { checkOptions, type OptionKinds } from "../core/options.ts";
import { join } from "node:path";
import { fileError, KitError, writeAtomic } from "../core/mod.ts";
import { writeFolder } from "../core/write_folder.ts";
import { type Collection, ownDocuments } from "../collections/mod.ts";
import { digestTable, EVENTS, NEGATIVES, selectRows, type Table, tableOf, withColumns } from "../tables/mod.ts";
import { readTable, writeTable } from "../files/mod.ts";
import { depthOf } from "../evaluation/depth_of.ts";
import { evaluate, evaluateEncoder, means } from "../evaluation/mod.ts";
import { bm25 } from "../retrieval/mod.ts";
import type { Sampler } from "../negatives/mod.ts";
import { train } from "../training/mod.ts";
import { armTraining } from "./arm_training.ts";
import { checkInputs } from "./inputs.ts";
import { collectionOf, encoderOf } from "./prepare.ts";
import { isDone, type RunFolder } from "./run_folder.ts";
import { lockCell } from "./run_lock.ts";
import type { Arm, Cell } from "./types.ts";

/** What a finished cell says of itself. */
export interface CellReport {
  arm: string;
  repetition: number;
  seconds: number;
  steps: number;
  /** Mean negatives of each source per instance, as drawn in the first epoch. */
  drawn: Record<string, number>;
  /** Queries that got fewer negatives than asked for, by source. */
  short: Record<string, number>;
  /** Means of the measures on the test split. */
  values: Record<string, number>;
  /** Digests of what a repetition must reproduce: everything but times. */
  digests: Record<string, string>;
}

/** Options of {@link runCell}. */
export interface CellOptions {
  signal?: AbortSignal;
}

const CELL_OPTIONS: OptionKinds<CellOptions> = { signal: "object" };

/** Runs one arm with one seed and leaves its folder whole or not at all. */
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
  if (await isDone(run, cell)) throw new KitError("Cannot run a cell: its results are there", { file: folder });
  const { config } = run.manifest;
  const arm = config.arms.find(({ name }) => name === cell.arm)!;
  const collection = await collectionOf(config, options.signal);
  const start = performance.now();
  const result = arm.method === "bm25"
    ? await searchOnly(run, collection)
    : await fineTune(run, arm, cell, collection, options);
  const report: CellReport = {
    arm: cell.arm,
    repetition: cell.repetition,
    seconds: (performance.now() - start) / 1000,
    steps: result.steps,
    drawn: result.drawn,
    short: result.short,
    values: Object.fromEntries(means(result.scores)),
    digests: {
      run: digestTable(result.run),
      scores: digestTable(result.scores),
      events: digestTable(withColumns(result.events, { wall_ms: new Float64Array(result.events.length) })),
    },
  };
  await writeFolder(folder, async (part) => {
    await writeTable(join(part, "run.arrow"), result.run);
    await writeTable(join(part, "scores.arrow"), result.scores);
    await writeTable(join(part, "events.arrow"), result.events);
    await writeAtomic(join(part, "cell.json"), `${JSON.stringify(report, null, 2)}\n`);
  }, { doing: "run a cell" });
  return report;
}

type Result =
  & Awaited<ReturnType<typeof evaluateEncoder>>
  & Pick<CellReport, "steps" | "drawn" | "short">
  & { events: Table<typeof EVENTS> };

const NOTHING = { steps: 0, drawn: {}, short: {}, events: tableOf(EVENTS, []) };

async function searchOnly(run: RunFolder, collection: Collection): Promise<Result> {
  const { config } = run.manifest;
  await checkInputs(run, { collection });
  const index = await bm25(collection.corpus);
  const qrels = collection.qrels[config.splits.test];
  const judged = new Set(qrels.column("query_id"));
  const ids = collection.queries.column("id");
  const rows = Array.from({ length: ids.length }, (_, i) => i).filter((i) => judged.has(ids.at(i)));
  const queries = selectRows(collection.queries, rows);
  const found = await index.searchAll(queries, {
    depth: depthOf(config.measures),
    excluded: ownDocuments(collection),
  });
  return { run: found, scores: evaluate(found, qrels, config.measures, { complete: true }), ...NOTHING };
}

async function fineTune(
  run: RunFolder,
  arm: Arm,
  cell: Cell,
  collection: Collection,
  { signal }: CellOptions,
): Promise<Result> {
  const { config } = run.manifest;
  const encoder = await encoderOf(config);
  try {
    await checkInputs(run, { collection, encoder, negatives: arm.method === "fine-tuned" });
    const trained = arm.method === "untrained" ? NOTHING : await tune(run, arm, cell, collection, encoder, { signal });
    const { test } = config.splits;
    const measured = await evaluateEncoder(encoder, collection, {
      split: test,
      measures: config.measures,
      signal,
    });
    return { ...measured, ...trained };
  } finally {
    await encoder.dispose();
  }
}

async function tune(
  run: RunFolder,
  arm: Arm,
  cell: Cell,
  collection: Collection,
  encoder: Awaited<ReturnType<typeof encoderOf>>,
  { signal }: CellOptions,
): Promise<Pick<Result, "steps" | "drawn" | "short" | "events">> {
  const { config } = run.manifest;
  const negatives = await readTable(join(run.path, "negatives.arrow"), NEGATIVES);
  const options = await armTraining(config, arm, { repetition: cell.repetition, collection, encoder, negatives });
  const sampler = options.sampler && recorded(options.sampler);
  const events = train(encoder, { ...options, sampler, signal });
  for await (const event of events) {
    if (event.type !== "done") continue;
    return { steps: event.step, events: event.events, drawn: sampler?.drawn ?? {}, short: sampler?.short ?? {} };
  }
  throw new KitError(`Cannot finish arm "${arm.name}": training ended without a result`);
}

/** A sampler that keeps count of its first epoch. */
function recorded(sampler: Sampler): Sampler & Pick<CellReport, "drawn" | "short"> {
  const drawn: Record<string, number> = {};
  const short: Record<string, number> = {};
  let counted = false;
  return {
    ...sampler,
    drawn,
    short,
    draw(negatives, positives, epoch) {
      const result = sampler.draw(negatives, positives, epoch);
      if (!counted) {
        counted = true;
        const source = negatives.column("source");
        for (const instance of result.instances) {
          for (const row of instance.negatives) {
            drawn[source.at(row)] = (drawn[source.at(row)] ?? 0) + 1 / result.instances.length;
          }
        }
        for (const { source } of result.shortfalls) short[source] = (short[source] ?? 0) + 1;
      }
      return result;
    },
  };
}
