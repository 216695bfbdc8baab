import { checkOptions, type OptionKinds } from "../core/options.ts";
import { join } from "node:path";
import { exists, KitError, random, writeAtomic } from "../core/mod.ts";
import {
  type Collection,
  digestTable,
  EVENTS,
  NEGATIVES,
  ownDocuments,
  readTable,
  selectRows,
  type Table,
  tableOf,
  withColumns,
  writeTable,
} from "../data/mod.ts";
import { depthOf } from "../evaluation/depth_of.ts";
import { evaluate, evaluateEncoder, means } from "../evaluation/mod.ts";
import { bm25 } from "../retrieval/mod.ts";
import { direct, hybrid, refresh, type Sampler, simans, top, uniform } from "../samplers/mod.ts";
import { infoNCE, train } from "../training/mod.ts";
import { checkInputs } from "./inputs.ts";
import { collectionOf, encoderOf } from "./prepare.ts";
import type { RunFolder } from "./run_folder.ts";
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
  const folder = join(run.path, cell.folder);
  if (await exists(join(folder, "cell.json"))) {
    throw new KitError("Cannot run a cell: its results are there", { file: folder });
  }
  const { config } = run.manifest;
  const arm = config.arms.find(({ name }) => name === cell.arm)!;
  const collection = await collectionOf(config, options.signal);
  const start = performance.now();
  const result = arm.method === "bm25"
    ? await searchOnly(run, collection)
    : await fineTune(run, arm, cell, collection, options);
  const part = `${folder}.${Deno.pid}.part`;
  await Deno.mkdir(part, { recursive: true });
  try {
    await writeTable(join(part, "run.arrow"), result.run);
    await writeTable(join(part, "scores.arrow"), result.scores);
    await writeTable(join(part, "events.arrow"), result.events);
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
    await writeAtomic(join(part, "cell.json"), `${JSON.stringify(report, null, 2)}\n`);
    await Deno.rename(part, folder);
    return report;
  } catch (error) {
    await Deno.remove(part, { recursive: true }).catch(() => {});
    throw error;
  }
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
  const found = await index.searchAll(queries, depthOf(config.measures), { excluded: ownDocuments(collection) });
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
  const settings = { ...config.train, ...arm.train };
  const seed = random(config.seed).fork("repetition").fork(cell.repetition).integer(2 ** 31);
  const all = await readTable(join(run.path, "negatives.arrow"), NEGATIVES);
  const negatives = ofRecipe(all, arm.negatives?.recipe ?? config.recipe);
  // An arm may have in-batch negatives alone.
  const none = Object.values(arm.negatives?.mix ?? {}).every((share) => !share);
  const sampler = none ? undefined : recorded(samplerOf(arm, seed));
  const every = arm.negatives?.refresh ?? 0;
  const mineAgain = refresh(collection, {
    split: config.splits.train,
    depth: config.mining.depth,
    range: [config.mining.from, config.mining.depth],
    margin: config.mining.margin > 0 ? { relative: config.mining.margin } : {},
  });
  const dev = { split: config.splits.dev, measures: [config.measures[0]] };
  const events = train(encoder, {
    collection,
    negatives: sampler && negatives,
    sampler,
    split: config.splits.train,
    seed,
    epochs: settings.epochs,
    batch: settings.batch,
    inBatch: settings.in_batch,
    loss: infoNCE({ temperature: settings.temperature }),
    learningRate: settings.learning_rate,
    optimizer: { decay: settings.weight_decay },
    warmup: settings.warmup,
    schedule: settings.schedule,
    dropout: settings.dropout,
    threads: config.threads,
    // Where dev is the test split, its figures stand in the scores: nothing is chosen by them on the way.
    evaluate: config.splits.dev === config.splits.test ? undefined : {
      measure: config.measures[0],
      restore: false,
      run: async (_, { signal }) =>
        Object.fromEntries(means((await evaluateEncoder(encoder, collection, { ...dev, signal })).scores)),
    },
    refresh: every > 0 ? { every, mine: mineAgain } : undefined,
    signal,
  });
  for await (const event of events) {
    if (event.type !== "done") continue;
    return { steps: event.step, events: event.events, drawn: sampler?.drawn ?? {}, short: sampler?.short ?? {} };
  }
  throw new KitError(`Cannot finish arm "${arm.name}": training ended without a result`);
}

/** Rows that an arm may draw from: of the written ones only those of its recipe. */
function ofRecipe(negatives: Table<typeof NEGATIVES>, recipe: string): Table<typeof NEGATIVES> {
  const source = negatives.column("source");
  const written = negatives.column("recipe");
  const rows: number[] = [];
  for (let i = 0; i < negatives.length; i++) {
    if (source.at(i) !== "synthetic" || written.at(i)?.split("@")[0] === recipe.split("@")[0]) rows.push(i);
  }
  return selectRows(negatives, rows);
}

function samplerOf(arm: Arm, seed: number): Sampler {
  const { mix = {}, mixing = "hybrid", draw = "uniform" } = arm.negatives ?? {};
  const draws = { uniform, top, simans };
  const within = draws[draw]({ seed });
  const wanted = Object.fromEntries(Object.entries(mix).filter(([, share]) => share));
  return mixing === "hybrid" ? hybrid(wanted, { seed, within }) : direct(wanted, { seed, within });
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
