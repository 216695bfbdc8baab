import { join } from "node:path";
import { readTable } from "../../files/mod.ts";
import { EVENTS, type Table, tableOf } from "../../tables/mod.ts";
import type { RunFolder } from "../run_folder.ts";

/** Steps whose losses are averaged into one point. */
const SMOOTH = 10;

/** The sum of some events, which become one point. */
interface Sum {
  name: string;
  step: number;
  epoch: number;
  value: number;
  count: number;
}

/** Events of every trained arm: means over its seeds, the loss also over a few steps. */
export async function curvesByArm(run: RunFolder): Promise<Record<string, Table<typeof EVENTS>>> {
  const curves: Record<string, Table<typeof EVENTS>> = {};
  for (const { name } of run.manifest.config.arms) {
    const sums = await sumsOf(run, name);
    if (sums.length === 0) continue;
    curves[name] = tableOf(
      EVENTS,
      sums.map(({ step, epoch, name, value, count }) => ({ step, epoch, name, value: value / count, wall_ms: 0 })),
    );
  }
  return curves;
}

/** Gradient norms of every trained arm, of all its seeds together. */
export async function normsByArm(run: RunFolder): Promise<Record<string, Table<typeof EVENTS>>> {
  const norms: Record<string, Table<typeof EVENTS>> = {};
  for (const { name: arm } of run.manifest.config.arms) {
    const rows = [];
    for (const cell of run.cells.filter((cell) => cell.arm === arm)) {
      const events = await readTable(join(run.path, cell.folder, "events.arrow"), EVENTS);
      rows.push(...[...events.rows()].filter(({ name }) => name === "gradient_norm"));
    }
    if (rows.length > 0) norms[arm] = tableOf(EVENTS, rows);
  }
  return norms;
}

async function sumsOf(run: RunFolder, arm: string): Promise<Sum[]> {
  const main = run.manifest.config.measures[0];
  const sums = new Map<string, Sum>();
  for (const cell of run.cells.filter((cell) => cell.arm === arm)) {
    const events = await readTable(join(run.path, cell.folder, "events.arrow"), EVENTS);
    for (const { step, epoch, name, value } of events.rows()) {
      if (name !== "loss" && name !== main) continue;
      const at = name === "loss" ? Math.ceil(step / SMOOTH) * SMOOTH : step;
      const sum = sums.get(`${name} ${at}`) ?? { step, epoch, name, value: 0, count: 0 };
      sums.set(`${name} ${at}`, {
        name,
        // The last group may be short: its point is at the last step.
        step: Math.max(sum.step, step),
        epoch: Math.max(sum.epoch, epoch),
        value: sum.value + value,
        count: sum.count + 1,
      });
    }
  }
  return [...sums.values()];
}
