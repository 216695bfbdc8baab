import { join } from "node:path";
import { writeAtomic } from "../core/mod.ts";
import { readTable, tensorBoard } from "../files/mod.ts";
import { EVENTS } from "../tables/mod.ts";
import { isDone, type RunFolder } from "./run_folder.ts";

/**
 * Writes the events of every finished, trained cell as a TensorBoard log below `tensorboard/` in the run folder, one
 * folder a cell.
 *
 * @returns the folder.
 *
 * @category Experiments
 *
 * @example
 * ```ts ignore
 * import { openRun, writeTensorBoard } from "./mod.ts";
 * console.log(await writeTensorBoard(await openRun("data/runs/facets-20261121-120000")));
 * ```
 */
export async function writeTensorBoard(run: RunFolder): Promise<string> {
  const folder = join(run.path, "tensorboard");
  const start = Date.parse(run.manifest.created);
  for (const cell of run.cells) {
    if (!await isDone(run, cell)) continue;
    const events = await readTable(join(run.path, cell.folder, "events.arrow"), EVENTS);
    if (events.length === 0) continue;
    const file = `events.out.tfevents.${Math.floor(start / 1000)}.syneg`;
    const path = join(folder, `${cell.arm}-${cell.repetition + 1}`, file);
    await writeAtomic(path, tensorBoard(events, { start }), { overwrite: true });
  }
  return folder;
}
