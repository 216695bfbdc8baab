import { KitError, progress as progressOf } from "../core/mod.ts";
import type { Collection } from "../collections/mod.ts";
import { concatenate, type NEGATIVES, type Source, type Table } from "../tables/mod.ts";
import type { TrainableEncoder } from "../encoders/mod.ts";
import { generate } from "../generators/mod.ts";
import { filter, mine, positiveGuard, relativeMargin, rescore, vectorGuard } from "../negatives/mod.ts";
import type { ExperimentConfig } from "./types.ts";

/** Sources that some arm draws from. */
export function sourcesOf(config: ExperimentConfig): Source[] {
  const used = new Set<Source>();
  for (const { negatives } of config.arms) {
    for (const [source, share] of Object.entries(negatives?.mix ?? {})) if (share) used.add(source as Source);
  }
  return [...used].sort();
}

/** Recipes that some arm draws synthetic negatives of. */
export function recipesOf(config: ExperimentConfig): string[] {
  const arms = config.arms.filter(({ negatives }) => negatives?.mix.synthetic);
  return [...new Set(arms.map(({ negatives }) => negatives?.recipe ?? config.recipe))];
}

/** Negatives that a model wrote by a recipe, from recorded replies. @throws {KitError} if they hold none of it. */
export async function written(
  config: ExperimentConfig,
  collection: Collection,
  recipe: string,
  signal?: AbortSignal,
): Promise<Table<typeof NEGATIVES>> {
  const { replies, seed, splits } = config;
  const replay = replies === "recorded" ? true : replies;
  const table = await generate(collection, { recipe, replay, split: splits.train, seed, signal, quiet: true });
  if (![...table.column("verdict")].includes("kept")) {
    throw new KitError(
      `Cannot use recipe "${recipe}": the ${
        replies === "recorded" ? `replies recorded with "${collection.name}"` : `replies in ${replies}`
      } hold none of it. Record some with \`deno task generate\` and name them by --set replies=FILE`,
    );
  }
  return table;
}

/** Candidates of every source that some arm draws from: mined or written, scored, guarded and filtered. */
export async function candidates(
  config: ExperimentConfig,
  collection: Collection,
  encoder: TrainableEncoder,
  { signal, quiet }: { signal?: AbortSignal; quiet?: boolean },
): Promise<Table<typeof NEGATIVES>> {
  const split = config.splits.train;
  const queries = new Set(collection.qrels[split].column("query_id")).size;
  const tables: Table<typeof NEGATIVES>[] = [];
  for (const source of sourcesOf(config)) {
    if (source === "synthetic") {
      for (const recipe of recipesOf(config)) {
        tables.push(
          await rescore(await written(config, collection, recipe, signal), collection, encoder, { split, signal }),
        );
      }
    } else if (source === "edit") {
      // An edit that the encoder does not read is no negative; English has some four characters a token.
      const reach = 4 * encoder.maxLength;
      const written = await generate(collection, {
        recipe: "edit",
        split,
        seed: config.seed,
        reach,
        signal,
        quiet: true,
      });
      tables.push(await rescore(written, collection, encoder, { split, signal }));
    } else if (source === "imported") {
      throw new KitError(`Cannot mine source "imported": arms draw from sources that the kit mines or writes`);
    } else {
      const bar = progressOf({ label: `mining ${source}`, total: queries, unit: "queries", quiet });
      const { depth, from } = config.mining;
      const range: [number, number] = [from, depth];
      tables.push(
        await mine(collection, {
          source,
          encoder: source === "dense" || source === "model" ? encoder : undefined,
          depth,
          range,
          split,
          seed: config.seed,
          progress: bar,
          signal,
        }),
      );
      bar.finish();
    }
  }
  const all = tables.length === 0 ? await mine(collection, { source: "random", depth: 1, split }) : concatenate(tables);
  // Where no row is left there is nothing to filter; which arm lacks what is told by name later.
  if (![...all.column("verdict")].includes("kept")) return all;
  const mined = sourcesOf(config).filter((source) => ["bm25", "dense", "model"].includes(source));
  const rules = [
    positiveGuard(),
    ...sourcesOf(config).includes("edit") ? [vectorGuard(encoder, { sources: ["edit"] })] : [],
    ...config.mining.margin > 0 && mined.length > 0 ? [relativeMargin(config.mining.margin, { sources: mined })] : [],
  ];
  return await filter(all, collection, rules, { split, signal });
}
