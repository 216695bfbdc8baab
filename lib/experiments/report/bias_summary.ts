import { join } from "node:path";
import { exists } from "../../core/mod.ts";
import { readTable } from "../../files/mod.ts";
import { compareArms } from "../../evaluation/mod.ts";
import { SCORES } from "../../tables/mod.ts";
import { BIAS_FILE } from "../cell.ts";
import type { RunFolder } from "../run_folder.ts";

/**
 * How often an arm ranks a written passage below a passage of the corpus that was as near to the query before training.
 *
 * @category Experiments
 */
export interface ArmBias {
  /** Name of the arm. */
  arm: string;
  /** Mean share over test queries and seeds. */
  below: number;
  /** Difference to the untrained encoder, or to the baseline without one; undefined for that arm itself. */
  difference?: number;
  /** Its interval. */
  interval?: [number, number];
  /** p of the paired randomization test after Holm's adjustment over the arms. */
  p?: number;
}

/** The source bias of every arm with an encoder; none without twins. */
export async function biasSummary(run: RunFolder): Promise<ArmBias[]> {
  const { config } = run.manifest;
  const samples: Record<string, Float64Array[]> = {};
  for (const cell of run.cells) {
    const file = join(run.path, cell.folder, BIAS_FILE);
    if (!await exists(file)) continue;
    const rows = [...(await readTable(file, SCORES)).rows()].sort((a, b) => a.query_id < b.query_id ? -1 : 1);
    if (rows.length > 0) (samples[cell.arm] ??= []).push(Float64Array.from(rows, ({ value }) => value));
  }
  const names = Object.keys(samples);
  if (names.length === 0) return [];
  const untrained = config.arms.find(({ method }) => method === "untrained")?.name ?? config.statistics.baseline;
  const baseline = names.includes(untrained) ? untrained : names[0];
  const { rounds, confidence, margin } = config.statistics;
  const arms = compareArms(samples, { seed: config.seed, rounds, alpha: 1 - confidence, margin, baseline });
  return arms.map(({ arm, mean, baseline: test }) => ({
    arm,
    below: mean,
    ...(test
      ? { difference: test.difference, interval: [...test.interval] as [number, number], p: test.adjusted }
      : {}),
  }));
}
