import { join } from "node:path";
import { signed } from "../core/format_numbers.ts";
import { writeAtomic } from "../core/mod.ts";
import type { CellReport } from "./cell_report.ts";
import { encoderFolder, keptCells, RESULT_END, RESULT_START } from "./kept_encoders.ts";
import { pValue } from "./report/p_value.ts";
import type { RunSummary } from "./report/summary.ts";
import type { RunFolder } from "./run_folder.ts";

/** Writes the result of its cell and of its arm into the model card of every kept encoder. */
export async function writeCards(run: RunFolder, summary: RunSummary): Promise<void> {
  for (const cell of await keptCells(run)) {
    const file = join(run.path, encoderFolder(cell), "README.md");
    const text = await Deno.readTextFile(file);
    const [start, end] = [text.indexOf(RESULT_START), text.indexOf(RESULT_END)];
    if (start < 0 || end < start) continue;
    const result = `${RESULT_START}\n${resultOf(run, summary, cell)}\n`;
    await writeAtomic(file, text.slice(0, start) + result + text.slice(end), { overwrite: true });
  }
}

function resultOf({ manifest: { config } }: RunFolder, summary: RunSummary, cell: CellReport): string {
  const arm = summary.arms.find(({ arm }) => arm === cell.arm)!;
  const { confidence } = config.statistics;
  const level = `${Number((100 * confidence).toFixed(2))} %`;
  const span = (mean: number, [low, high]: readonly number[]) =>
    `${mean.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
  const test = arm.baseline;
  const values = Object.entries(cell.values).map(([measure, value]) => `${measure} ${value.toFixed(4)}`).join(", ");
  return [
    `This encoder on the ${config.splits.test} split (${summary.queries} queries): ${values}.`,
    "",
    `Its arm "${arm.arm}" over ${arm.seeds} ${arm.seeds === 1 ? "seed" : "seeds"}: ${summary.measure} ` +
    `${span(arm.mean, arm.interval)}${
      test
        ? `; ${signed(test.difference, 4)} [${test.interval.map((end) => signed(end, 4)).join(", ")}] over ` +
          `"${summary.baseline}", ${pValue(test.adjusted)} after Holm`
        : ""
    }. Intervals: ${level}.`,
  ].join("\n");
}
