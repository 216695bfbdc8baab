import { join } from "node:path";
import { exists } from "../core/mod.ts";
import type { TrainableEncoder } from "../encoders/mod.ts";
import type { CellReport } from "./cell_report.ts";
import { isDone, type RunFolder } from "./run_folder.ts";
import type { Cell } from "./types.ts";

/** Marks in a model card around the result. */
export const RESULT_START = "<!-- result -->";
export const RESULT_END = "<!-- end of result -->";

/** Folder of a cell's trained encoder in the run folder. */
export function encoderFolder({ arm, repetition }: Pick<Cell, "arm" | "repetition">): string {
  return join("encoders", `${arm}-${repetition + 1}`);
}

/** Saves the encoder of a cell, unless the configuration keeps none or its documents are frozen. The report adds the result to its card. */
export async function saveCell(run: RunFolder, cell: Cell, encoder: TrainableEncoder): Promise<void> {
  const { config } = run.manifest;
  // Half of an encoder would rank wrongly on its own.
  if (keepOf(run) === "none" || encoder.frozenDocuments) return;
  const card =
    `# ${config.name}: ${cell.arm}\n\n${config.encoder}, fine-tuned on the ${config.splits.train} split of ` +
    `${config.collection}, seed ${cell.repetition + 1}.\n\n${RESULT_START}\nThe report of the run adds the result.\n` +
    `${RESULT_END}\n`;
  await encoder.save(join(run.path, encoderFolder(cell)), { card, overwrite: true });
}

/** Removes every encoder but the best finished one, if the configuration keeps only that. */
export async function keepBest(run: RunFolder): Promise<void> {
  if (keepOf(run) !== "best") return;
  const kept = await keptCells(run);
  const best = bestOf(kept);
  for (const { arm, repetition } of kept) {
    if (arm === best?.arm && repetition === best.repetition) continue;
    await Deno.remove(join(run.path, encoderFolder({ arm, repetition })), { recursive: true }).catch(() => {});
  }
}

/** Reports of finished cells whose encoder is there. */
export async function keptCells(run: RunFolder): Promise<CellReport[]> {
  const found: CellReport[] = [];
  for (const cell of run.cells) {
    if (!await isDone(run, cell) || !await exists(join(run.path, encoderFolder(cell)))) continue;
    found.push(JSON.parse(await Deno.readTextFile(join(run.path, cell.folder, "cell.json"))));
  }
  return found;
}

/** The cell with the highest value on dev; the first one if values are equal or dev is not measured. */
function bestOf(cells: readonly CellReport[]): CellReport | undefined {
  return cells.reduce<CellReport | undefined>(
    (best, cell) => best === undefined || (cell.dev ?? -Infinity) > (best.dev ?? -Infinity) ? cell : best,
    undefined,
  );
}

function keepOf({ manifest: { config } }: RunFolder): "best" | "all" | "none" {
  return config.keep ?? "best";
}
