import type { Collection } from "../../collections/types.ts";
import { generate } from "../../generators/mod.ts";
import { filterNegatives, filters, waterfall } from "../../negatives/mod.ts";
import { concatenate } from "../../tables/concatenate.ts";
import { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { asking, checkAnswered, type Outcomes, type Stage } from "../stage.ts";

/** How far below the positive's score a mined negative must stay, as a share of it. */
const MARGIN = 0.05;

/** Negatives of training queries, mined and written. */
export interface NegativesStage {
  readonly negatives: Table<typeof NEGATIVES>;
  readonly counts: {
    readonly written: number;
    readonly kept: number;
    readonly steps: readonly {
      readonly source: string;
      readonly rule: string;
      readonly dropped: number;
      readonly left: number;
    }[];
    readonly outcomes: Outcomes;
  };
}

/** Has negatives written for the training queries, and filters them together with the mined ones. */
export async function negativesStage(
  stage: Stage,
  collection: Collection,
  mined: Table<typeof NEGATIVES>,
): Promise<NegativesStage> {
  let made: NegativesStage | undefined;
  const all = async () => made ??= await filtered(stage, collection, mined);
  const negatives = await stage.folder.table("negatives.arrow", NEGATIVES, async () => (await all()).negatives);
  const counts = await stage.folder.json("negatives.json", async () => (await all()).counts);
  return { negatives, counts };
}

async function filtered(
  stage: Stage,
  collection: Collection,
  mined: Table<typeof NEGATIVES>,
): Promise<NegativesStage> {
  const { settings: { written: count, seed, experts }, tell, signal } = stage;
  const outcomes: Outcomes = {};
  const tables = [mined];
  if (count > 0) {
    tell(`Writing ${count} negatives for each training query`);
    tables.push(
      await generate(collection, { ...asking(stage, outcomes), count, seed, pools: { expert: [...experts] } }),
    );
    checkAnswered(stage, outcomes, "writing negatives");
  }
  const together = concatenate(tables);
  const rules = [filters.positiveGuard(), filters.relativeMargin(MARGIN, { sources: ["bm25", "dense"] })];
  const negatives = await filterNegatives(together, collection, rules, { signal });
  const kept = [...negatives.column("verdict")].filter((verdict) => verdict === "kept").length;
  tell(`${kept} of ${negatives.length} negatives are left after the filters`);
  return { negatives, counts: { written: tables[1]?.length ?? 0, kept, steps: waterfall(negatives), outcomes } };
}
