import { join } from "node:path";
import { type Lock, lockFile, type LockOptions } from "../core/mod.ts";
import type { RunFolder } from "./run_folder.ts";
import type { Cell } from "./types.ts";

/** Runs `work` while no other process prepares, sweeps or reports the run. Cells may run elsewhere. */
export async function lockedRun<T>(run: RunFolder, doing: string, work: () => Promise<T>): Promise<T> {
  const lock = await lockFile(join(run.path, "run.lock"), { doing });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Locks a cell, so that no other process runs it. */
export function lockCell(run: RunFolder, cell: Cell, options: Omit<LockOptions, "doing"> = {}): Promise<Lock> {
  return lockFile(join(run.path, `${cell.folder}.lock`), {
    doing: `run cell ${cell.arm}/${cell.repetition + 1}`,
    ...options,
  });
}
