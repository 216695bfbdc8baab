import { join } from "node:path";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { fileError, KitError, writeAtomic } from "../core/mod.ts";
import { writeFolder } from "../core/write_folder.ts";
import { digestTable, withColumns } from "../tables/mod.ts";
import { writeTable } from "../files/mod.ts";
import { means } from "../evaluation/mod.ts";
import type { CellReport } from "./cell_report.ts";
import { type CellResult, computeCell } from "./compute_cell.ts";
import { keepBest } from "./kept_encoders.ts";
import { isDone, type RunFolder } from "./run_folder.ts";
import { lockCell } from "./run_lock.ts";
import type { Cell } from "./types.ts";

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
  const start = performance.now();
  const result = await computeCell(run, cell, options.signal);
  const report = await writeCell(folder, cell, result, start);
  await keepBest(run);
  return report;
}

async function writeCell(folder: string, cell: Cell, result: CellResult, start: number): Promise<CellReport> {
  const { run, scores, events, steps, drawn, short, transfers, dev, bias, geometry } = result;
  const report: CellReport = {
    arm: cell.arm,
    repetition: cell.repetition,
    seconds: (performance.now() - start) / 1000,
    steps,
    drawn,
    short,
    values: Object.fromEntries(means(scores)),
    ...(dev === undefined ? {} : { dev }),
    ...(geometry ? { geometry } : {}),
    digests: {
      run: digestTable(run),
      scores: digestTable(scores),
      ...(bias ? { bias: digestTable(bias) } : {}),
      events: digestTable(withColumns(events, { wall_ms: new Float64Array(events.length) })),
      ...Object.fromEntries(transfers.map((table, i) => [transferFile(i), digestTable(table)])),
    },
  };
  await writeFolder(folder, async (part) => {
    await writeTable(join(part, "run.arrow"), run);
    await writeTable(join(part, "scores.arrow"), scores);
    await writeTable(join(part, "events.arrow"), events);
    if (bias) await writeTable(join(part, BIAS_FILE), bias);
    for (const [i, table] of transfers.entries()) await writeTable(join(part, `${transferFile(i)}.arrow`), table);
    await writeAtomic(join(part, "cell.json"), `${JSON.stringify(report, null, 2)}\n`);
  }, { doing: "run a cell" });
  return report;
}

/** Name of the file of a cell's source bias. */
export const BIAS_FILE = "bias.arrow";

/** Name of the scores on the i-th transfer collection, counted from 0, without ending. */
export function transferFile(i: number): string {
  return `transfer-${i + 1}`;
}
