import { join } from "node:path";
import type { Collection } from "../collections/mod.ts";
import { readTable } from "../files/mod.ts";
import { NEGATIVES, selectRows, type Source, type Table } from "../tables/mod.ts";
import type { TrainableEncoder } from "../encoders/mod.ts";
import { filterNegatives } from "../negatives/mod.ts";
import { filterNeeds, filtersOf } from "./config/parts.ts";
import type { RunFolder } from "./run_folder.ts";
import type { Arm, ExperimentConfig } from "./types.ts";

type Negatives = Table<typeof NEGATIVES>;

/** Name of the file of an arm's own candidates in a run folder, if it has filters. */
export function filteredFile({ name }: Arm): string {
  return join("filtered", `${name}.arrow`);
}

/** Whether an arm has filters of its own. */
export function hasFilters({ negatives }: Arm): boolean {
  return (negatives?.filters?.length ?? 0) > 0;
}

/** What an arm may draw from: of the written candidates only those of its recipe, all through its filters. */
export async function filterArm(
  config: ExperimentConfig,
  arm: Arm,
  { collection, encoder, negatives, signal }: {
    collection: Collection;
    encoder: TrainableEncoder;
    negatives: Negatives;
    signal?: AbortSignal;
  },
): Promise<Negatives> {
  const own = ofArm(config, arm, negatives);
  if (!hasFilters(arm)) return own;
  const chain = filtersOf(arm.negatives!.filters!, filterNeeds(config, () => encoder));
  return await filterNegatives(own, collection, chain, { split: config.splits.train, signal });
}

/** The candidates of an arm in a prepared run. */
export async function armNegatives(run: RunFolder, arm: Arm): Promise<Negatives> {
  if (hasFilters(arm)) return await readTable(join(run.path, filteredFile(arm)), NEGATIVES);
  return ofArm(run.manifest.config, arm, await readTable(join(run.path, "negatives.arrow"), NEGATIVES));
}

/**
 * Candidates of an arm's sources; of written ones only those of its recipe. Relabeled ones of all sources stay: they are
 * positives.
 */
function ofArm(config: ExperimentConfig, { negatives: own }: Arm, negatives: Negatives): Negatives {
  const recipe = (own?.recipe ?? config.recipe).split("@")[0];
  const source = negatives.column("source");
  const written = negatives.column("recipe");
  const verdict = negatives.column("verdict");
  const mix = own?.mix ?? {};
  const rows: number[] = [];
  for (let i = 0; i < negatives.length; i++) {
    const name = source.at(i) as Source;
    if (!mix[name] && verdict.at(i) !== "relabeled") continue;
    if (name !== "synthetic" || written.at(i)?.split("@")[0] === recipe) rows.push(i);
  }
  return selectRows(negatives, rows);
}
