import { checkOptions, type OptionKinds } from "../core/options.ts";
import { join } from "node:path";
import {
  ArgumentError,
  exists,
  KitError,
  progress as progressOf,
  sha256File,
  suggestion,
  writeAtomic,
} from "../core/mod.ts";
import {
  type Collection,
  concatenate,
  loadCollection,
  type NEGATIVES,
  passageText,
  type Source,
  type Table,
  withoutDangling,
  writeTable,
} from "../data/mod.ts";
import { loadEncoder, type TrainableEncoder } from "../encoders/mod.ts";
import { generate } from "../generators/mod.ts";
import { audit, filter, mine, positiveGuard, relativeMargin, rescore, vectorGuard } from "../samplers/mod.ts";
import { similarities } from "../evaluation/mod.ts";
import { BASIS, basisOf } from "./basis.ts";
import { INPUTS, type Inputs } from "./inputs.ts";
import type { RunFolder } from "./run_folder.ts";
import type { ExperimentConfig } from "./types.ts";

/** Options of {@link prepare}. */
export interface PrepareOptions {
  /**
   * Sessions that encode at a time, each with the configuration's threads; the vectors are the same, bit for bit.
   * @default the machine's cores over the configuration's threads
   */
  jobs?: number;
  signal?: AbortSignal;
  quiet?: boolean;
}

const PREPARE_OPTIONS: OptionKinds<PrepareOptions> = { jobs: "number", signal: "object", quiet: "boolean" };

/** The collection of a configuration, with its splits checked. */
export async function collectionOf(config: ExperimentConfig, signal?: AbortSignal): Promise<Collection> {
  const collection = await loadCollection(config.collection, { signal });
  for (const split of Object.values(config.splits)) {
    if (!Object.hasOwn(collection.qrels, split)) {
      throw new KitError(
        `Unknown split "${split}" of collection "${collection.name}": ${
          suggestion(split, Object.keys(collection.qrels))
        }`,
      );
    }
  }
  return withoutDangling(collection, config.splits.train).collection;
}

/** The encoder of a configuration, fresh. */
export function encoderOf(
  { encoder, prompts, train: { max_length }, threads }: ExperimentConfig,
  options: { cache?: string; sessions?: number } = {},
): Promise<TrainableEncoder> {
  return loadEncoder(encoder, {
    ...options,
    threads,
    prompts,
    ...(max_length === null ? {} : { maxLength: max_length }),
  });
}

/** Finds out before anything is made whether collection, splits, recorded replies, encoder and rates will do. */
export async function preflight(config: ExperimentConfig, signal?: AbortSignal): Promise<void> {
  const collection = await collectionOf(config, signal);
  for (const recipe of recipesOf(config)) await written(config, collection, recipe, signal);
  const encoder = await encoderOf(config);
  try {
    checkRates(config, encoder);
  } finally {
    await encoder.dispose();
  }
}

/**
 * Makes what all cells share, once: candidates of every source that an arm asks for, guarded, filtered and scored; their
 * similarities; the audit. Does nothing when it is there already.
 */
export async function prepare(run: RunFolder, options: PrepareOptions = {}): Promise<void> {
  checkOptions<PrepareOptions>("prepare", options, PREPARE_OPTIONS);
  const inputsFile = join(run.path, INPUTS);
  if (await exists(inputsFile)) return;
  const { config } = run.manifest;
  const split = config.splits.train;
  const collection = await collectionOf(config, options.signal);
  // Miners, scores and similarities want the same vectors. A cache that began empty gives the same bytes in every run.
  const vectors = join(run.path, "vectors");
  await Deno.remove(vectors, { recursive: true }).catch(() => {});
  const encoder = await encoderOf(config, { cache: vectors, sessions: atATime(config, options.jobs) });
  try {
    const passages = [...collection.corpus.rows()].map((row) => passageText(row));
    const progress = progressOf({ label: "encoding", total: passages.length, unit: "passages", quiet: options.quiet });
    await encoder.encode(passages, { kind: "document", progress, signal: options.signal });
    progress.finish();
    const negatives = await candidates(config, collection, encoder, options);
    const overwrite = { overwrite: true };
    await writeTable(join(run.path, "negatives.arrow"), negatives, overwrite);
    const table = await similarities(encoder, collection, negatives, { split, signal: options.signal });
    await writeTable(join(run.path, "similarities.arrow"), table, overwrite);
    const report = await audit(negatives, collection, { split });
    await writeAtomic(join(run.path, "audit.json"), `${JSON.stringify(report, null, 2)}\n`, overwrite);
    const drawn = sourcesOf(config).length > 0 ? negatives : negatives.slice(0, 0);
    const basis = basisOf(config, { collection, encoder, negatives: drawn });
    await writeAtomic(join(run.path, BASIS), `${JSON.stringify(basis, null, 2)}\n`, overwrite);
    const inputs: Inputs = {
      collection: collection.digest,
      encoder: encoder.fingerprint("document"),
      negatives: await sha256File(join(run.path, "negatives.arrow")),
    };
    await writeAtomic(inputsFile, `${JSON.stringify(inputs, null, 2)}\n`, overwrite);
  } finally {
    await encoder.dispose();
    await Deno.remove(vectors, { recursive: true }).catch(() => {});
  }
}

/** What runs at a time where nobody says: as many as the machine's cores allow. */
export function atATime({ threads }: ExperimentConfig, jobs?: number): number {
  return jobs ?? Math.max(1, Math.floor(navigator.hardwareConcurrency / threads));
}

/** Highest learning rate that a pretrained transformer is given; token tables of static encoders take far more. */
const TRANSFORMER_RATE = 1e-3;

function checkRates(config: ExperimentConfig, encoder: TrainableEncoder): void {
  for (const arm of config.arms) {
    const rate = arm.train?.learning_rate ?? config.train.learning_rate;
    if (encoder.kind !== "transformer" || arm.method !== "fine-tuned" || rate <= TRANSFORMER_RATE) continue;
    throw new ArgumentError(
      `Cannot train the transformer "${encoder.name}" at a learning rate of ${rate}: its weights would be lost. ` +
        "Use the preset `transformer`, or --set train.learning_rate=2e-5",
    );
  }
}

/** Sources that some arm draws from. */
export function sourcesOf(config: ExperimentConfig): Source[] {
  const used = new Set<Source>();
  for (const { negatives } of config.arms) {
    for (const [source, share] of Object.entries(negatives?.mix ?? {})) if (share) used.add(source as Source);
  }
  return [...used].sort();
}

/** Recipes that some arm draws synthetic negatives of. */
function recipesOf(config: ExperimentConfig): string[] {
  const arms = config.arms.filter(({ negatives }) => negatives?.mix.synthetic);
  return [...new Set(arms.map(({ negatives }) => negatives?.recipe ?? config.recipe))];
}

/** Negatives that a model wrote by a recipe, from recorded replies. */
async function written(
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

async function candidates(
  config: ExperimentConfig,
  collection: Collection,
  encoder: TrainableEncoder,
  options: PrepareOptions,
): Promise<Table<typeof NEGATIVES>> {
  const { signal, quiet } = options;
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
  const mined = sourcesOf(config).filter((source) => ["bm25", "dense", "model"].includes(source));
  const rules = [
    positiveGuard(),
    ...sourcesOf(config).includes("edit") ? [vectorGuard(encoder, { sources: ["edit"] })] : [],
    ...config.mining.margin > 0 && mined.length > 0 ? [relativeMargin(config.mining.margin, { sources: mined })] : [],
  ];
  return await filter(all, collection, rules, { split, signal });
}
