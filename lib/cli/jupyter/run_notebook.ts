import { dirname } from "node:path";
import { CancelledError } from "../../core/errors.ts";
import { Kernel } from "./kernel.ts";
import type { Notebook } from "./notebook.ts";

/** Options of {@link runNotebook}. */
export interface RunOptions {
  /**
   * Milliseconds that one cell may take.
   *
   * @default {300000}
   */
  timeout?: number;
  /** Called before each code cell with its number, from 1, and the number of cells. */
  onCell?: (cell: number, cells: number) => void;
  /** Stops before the next cell. */
  signal?: AbortSignal;
}

/** A notebook with its new outputs. */
export interface NotebookRun {
  readonly notebook: Notebook;
  /** Errors and warnings with their cells; an error ends the run. */
  readonly faults: string[];
  readonly seconds: number;
}

/** Runs all cells from top to bottom in a new kernel, in the notebook's folder. */
export async function runNotebook(path: string, notebook: Notebook, options: RunOptions = {}): Promise<NotebookRun> {
  const start = performance.now();
  await using kernel = await Kernel.start(dirname(path));
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : { ...cell }
  );
  const faults: string[] = [];
  for (const [i, cell] of cells.entries()) {
    if (cell.cell_type !== "code") continue;
    if (options.signal?.aborted) throw new CancelledError(`Cancelled running ${path}`);
    options.onCell?.(i + 1, cells.length);
    const { outputs, count, ok } = await kernel.execute(cell.source, { timeout: options.timeout });
    Object.assign(cell, { outputs, execution_count: count });
    for (const output of outputs) {
      if (output.name === "stderr") faults.push(`cell ${i + 1} warns: ${output.text?.trim()}`);
      if (output.output_type === "error") faults.push(`cell ${i + 1} fails: ${output.ename}: ${output.evalue}`);
    }
    if (!ok) break;
  }
  return { notebook: { ...notebook, cells }, faults, seconds: (performance.now() - start) / 1000 };
}
