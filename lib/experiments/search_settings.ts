import { join } from "node:path";
import { checkOptions } from "../core/options.ts";
import { writeAtomic } from "../core/mod.ts";
import { stopSignal } from "../core/stop.ts";
import type { CellReport } from "./cell_report.ts";
import { KitError } from "../core/errors.ts";
import { prepareRun } from "./prepare.ts";
import { isDone, type RunFolder } from "./run_folder.ts";
import { lockedRun } from "./run_lock.ts";
import { slurmCells } from "./slurm.ts";
import { SWEEP_OPTIONS, type SweepOptions, sweepRun } from "./sweep.ts";
import type { Cell, TrialPlan } from "./types.ts";

/**
 * A combination of settings and how it did.
 *
 * @category Experiments
 */
export interface Trial {
  /** The settings, as `--set` takes them. */
  settings: readonly string[];
  /** Mean of the main measure on dev over its arms and seeds. */
  mean: number;
  /** Seeds that it was trained with. */
  seeds: number;
  /** The halving after which it was dropped, from 1; undefined for those that were never dropped. */
  dropped?: number;
}

/**
 * The result of a search for settings.
 *
 * @category Experiments
 */
export interface SearchResult {
  /** The folder of its run. */
  run: RunFolder;
  /** The measure. */
  measure: string;
  /** All trials, the best first: those that lasted longest, by their means. */
  trials: Trial[];
  /** Cells that were run. */
  cells: number;
}

/**
 * Options of {@link searchSettings}.
 *
 * @category Experiments
 */
export interface SearchOptions extends SweepOptions {
  /** Options for sbatch; given, the cells of each round are a Slurm job array. Omit to run them here. */
  sbatch?: readonly string[];
}

/**
 * Searches settings on dev by successive halving (Jamieson and Talwalkar, 2016): every trial is trained with one seed, the
 * better half with another one, and so on, until one is left or the budget of cells is used. Each trial is a cell for each
 * arm; finished cells are not run again, so that a search can be resumed.
 *
 * @param run A run made from `trialConfig`.
 *
 * @category Experiments
 *
 * @throws {KitError} if the run is not a search, or a cell fails.
 *
 * @example
 * ```ts ignore
 * import { loadConfig, searchSettings, startRun, trialConfig } from "./mod.ts";
 * const over = ["train.learningRate=0.003,0.01,0.03"];
 * const run = await startRun(trialConfig(await loadConfig("facets"), { over, budget: 40 }));
 * console.log((await searchSettings(run)).trials[0].settings);
 * ```
 */
export async function searchSettings(run: RunFolder, options: SearchOptions = {}): Promise<SearchResult> {
  checkOptions<SearchOptions>("searchSettings", options, { ...SWEEP_OPTIONS, sbatch: "array" });
  const plan = run.manifest.config.trials;
  if (!plan) throw new KitError("Cannot search settings: the run is no search", { file: run.path });
  const signal = stopSignal(options.signal);
  return await lockedRun(run, "search settings", async () => {
    await prepareRun(run, { ...options, signal });
    const result = await halve(run, plan, { ...options, signal });
    const { run: _, ...numbers } = result;
    await writeAtomic(join(run.path, "search.json"), `${JSON.stringify(numbers, null, 2)}\n`, { overwrite: true });
    return result;
  });
}

async function halve(run: RunFolder, plan: TrialPlan, { sbatch, ...options }: SearchOptions): Promise<SearchResult> {
  const { measures: [measure], seeds } = run.manifest.config;
  let left = plan.trials.map(({ settings, arms }): Entry => ({ settings, arms, values: [] }));
  const all = left;
  let cells = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const round = left.flatMap(({ arms }) => cellsOf(run, arms, seed));
    if (cells + round.length > plan.budget) break;
    if (sbatch) await slurmCells(run, round, { sbatch, ...options });
    else await sweepRun(run, options, round);
    cells += round.length;
    for (const entry of left) entry.values.push(...await valuesOf(run, cellsOf(run, entry.arms, seed), measure));
    if (left.length === 1) break;
    const sorted = left.toSorted((a, b) => mean(b.values) - mean(a.values));
    for (const entry of sorted.slice(Math.ceil(sorted.length / 2))) entry.dropped = seed + 1;
    left = sorted.slice(0, Math.ceil(sorted.length / 2));
  }
  const last = ({ dropped = Infinity }: Entry) => dropped;
  const trials = all.toSorted((a, b) => last(b) - last(a) || mean(b.values) - mean(a.values));
  return {
    run,
    measure,
    cells,
    trials: trials.map(({ settings, arms, values, dropped }) => ({
      settings,
      mean: mean(values),
      seeds: values.length / arms.length,
      ...(dropped === undefined ? {} : { dropped }),
    })),
  };
}

/** A trial while the search goes on. */
interface Entry {
  readonly settings: readonly string[];
  readonly arms: readonly string[];
  readonly values: number[];
  dropped?: number;
}

function cellsOf(run: RunFolder, arms: readonly string[], seed: number): Cell[] {
  return run.cells.filter(({ arm, repetition }) => repetition === seed && arms.includes(arm));
}

async function valuesOf(run: RunFolder, cells: readonly Cell[], measure: string): Promise<number[]> {
  return await Promise.all(cells.map(async (cell) => {
    if (!await isDone(run, cell)) {
      throw new KitError("Cannot rank the trials: a cell is missing", { file: cell.folder });
    }
    const report: CellReport = JSON.parse(await Deno.readTextFile(join(run.path, cell.folder, "cell.json")));
    return report.values[measure];
  }));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
