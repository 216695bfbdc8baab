import { progress as progressOf } from "../core/mod.ts";
import type { Collection } from "../collections/mod.ts";
import { concatenate, type NEGATIVES, type Source, type Table } from "../tables/mod.ts";
import type { TrainableEncoder } from "../encoders/mod.ts";
import { generate } from "../generators/mod.ts";
import { filterNegatives, filters, mine, type MineOptions, MINERS, rescore } from "../negatives/mod.ts";
import { filterNeeds, filtersOf } from "./config/parts.ts";
import { imported } from "./imported.ts";
import type { ExperimentConfig } from "./types.ts";
import { written } from "./written.ts";

type Negatives = Table<typeof NEGATIVES>;

/** Sources that some arm draws from. */
export function sourcesOf(config: ExperimentConfig): Source[] {
  const used = new Set<Source>();
  for (const { negatives } of config.arms) {
    for (const [source, share] of Object.entries(negatives?.mix ?? {})) if (share) used.add(source as Source);
  }
  return [...used].sort();
}

/** Recipes whose synthetic negatives some arm draws. */
export function recipesOf(config: ExperimentConfig): string[] {
  const arms = config.arms.filter(({ negatives }) => negatives?.mix.synthetic);
  return [...new Set(arms.map(({ negatives }) => negatives?.recipe ?? config.recipe))];
}

/** What candidates are made of, and how to report and stop. */
interface Work {
  readonly config: ExperimentConfig;
  readonly collection: Collection;
  readonly encoder: TrainableEncoder;
  readonly signal?: AbortSignal;
  readonly quiet?: boolean;
}

/** Candidates of every source that some arm draws from: mined or written, scored, guarded and filtered. */
export async function candidates(work: Work): Promise<Negatives> {
  const { config, collection, signal } = work;
  const split = config.splits.train;
  const tables: Negatives[] = [];
  for (const source of sourcesOf(config)) tables.push(...await bySource(source, work));
  const all = tables.length === 0 ? await mine(collection, { source: "random", depth: 1, split }) : concatenate(tables);
  // Without a kept row there is nothing to filter. Later, an error names the arm that lacks negatives.
  if (![...all.column("verdict")].includes("kept")) return all;
  return await filterNegatives(all, collection, rulesOf(work), { split, signal });
}

async function bySource(source: Source, work: Work): Promise<Negatives[]> {
  const { config, collection, encoder, signal } = work;
  const scored = (table: Negatives) => rescore(table, collection, encoder, { split: config.splits.train, signal });
  switch (source) {
    case "synthetic": {
      const tables: Negatives[] = [];
      for (const recipe of recipesOf(config)) {
        tables.push(await scored(await written(config, collection, recipe, signal)));
      }
      return tables;
    }
    case "edit":
      return [await scored(await edits(work))];
    case "imported":
      return [await scored(await imported(config, collection))];
    default:
      return [await mined(source, work)];
  }
}

/** Edits within the text that the encoder reads: after it, they would not change the passage's vector. */
function edits({ config, collection, encoder, signal }: Work): Promise<Negatives> {
  const { seed, splits } = config;
  // English has about four characters per token.
  const reach = 4 * encoder.maxLength;
  return generate(collection, { recipe: "edit", split: splits.train, seed, reach, signal, quiet: true });
}

async function mined(source: MineOptions["source"], work: Work): Promise<Negatives> {
  const { config: { mining, splits, seed }, collection, encoder, signal, quiet } = work;
  const queries = new Set(collection.qrels[splits.train].column("query_id")).size;
  const progress = progressOf({ label: `mining ${source}`, total: queries, unit: "queries", quiet });
  const found = await mine(collection, {
    source,
    encoder: MINERS.get(source).encoder ? encoder : undefined,
    depth: mining.depth,
    range: [mining.from, mining.depth],
    split: splits.train,
    seed,
    progress,
    signal,
  });
  progress.finish();
  return found;
}

/** Guards, margins and the configuration's own filters for the candidates of all arms. */
function rulesOf({ config, encoder }: Work) {
  const sources = sourcesOf(config);
  const mined = sources.filter((source) => MINERS.has(source) && MINERS.get(source).scores);
  const { margin } = config.mining;
  return [
    filters.positiveGuard(),
    ...sources.includes("edit") ? [filters.vectorGuard(encoder, { sources: ["edit"] })] : [],
    ...margin > 0 && mined.length > 0 ? [filters.relativeMargin(margin, { sources: mined })] : [],
    ...filtersOf(config.filters ?? [], filterNeeds(config, () => encoder)),
  ];
}
