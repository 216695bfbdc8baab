import { random } from "../core/mod.ts";
import type { Collection } from "../collections/mod.ts";
import { type NEGATIVES, selectRows, type Table } from "../tables/mod.ts";
import type { TrainableEncoder } from "../encoders/mod.ts";
import { evaluateEncoder, means } from "../evaluation/mod.ts";
import { filterNegatives, refresh } from "../negatives/mod.ts";
import type { TrainEvaluation, TrainOptions, TrainRefresh } from "../training/mod.ts";
import { filtersOf, lossOf, samplerOf } from "./config/parts.ts";
import type { Arm, ArmNegatives, ExperimentConfig } from "./types.ts";

/** What an arm is trained with. */
export interface ArmMaterial {
  /** Repetition, from 0. */
  repetition: number;
  collection: Collection;
  encoder: TrainableEncoder;
  /** Candidates of all arms. */
  negatives: Table<typeof NEGATIVES>;
}

/** The options of an arm's training, from the configuration. */
export async function armTraining(
  config: ExperimentConfig,
  arm: Arm,
  { repetition, collection, encoder, negatives }: ArmMaterial,
): Promise<TrainOptions> {
  const settings = { ...config.train, ...arm.train };
  const seed = random(config.seed).fork("repetition").fork(repetition).integer(2 ** 31);
  // An arm may have in-batch negatives alone.
  const own = arm.negatives && Object.values(arm.negatives.mix).some((share) => share) ? arm.negatives : undefined;
  return {
    collection,
    negatives: own && await ownNegatives(config, own, { collection, encoder, negatives }),
    sampler: own && samplerOf(own, seed),
    split: config.splits.train,
    seed,
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    inBatch: settings.inBatch,
    loss: lossOf(settings),
    teacher: settings.teacher,
    learningRate: settings.learningRate,
    optimizer: { weightDecay: settings.weightDecay },
    warmup: settings.warmup,
    schedule: settings.schedule,
    dropout: settings.dropout,
    threads: config.threads,
    evaluate: evaluationOf(config, { collection, encoder }),
    refresh: refreshOf(config, arm, collection),
  };
}

/** Measures the encoder on dev. Where dev is the test split, the final scores contain it. */
function evaluationOf(
  { splits, measures: [measure] }: ExperimentConfig,
  { collection, encoder }: Pick<ArmMaterial, "collection" | "encoder">,
): TrainEvaluation | undefined {
  if (splits.dev === splits.test) return undefined;
  return {
    measure,
    restore: false,
    run: async (_, { signal }) => {
      const { scores } = await evaluateEncoder(encoder, collection, { split: splits.dev, measures: [measure], signal });
      return Object.fromEntries(means(scores));
    },
  };
}

/** Mines with the encoder in training, if the arm asks for it. */
function refreshOf({ splits, mining }: ExperimentConfig, arm: Arm, collection: Collection): TrainRefresh | undefined {
  const every = arm.negatives?.refresh ?? 0;
  if (every === 0) return undefined;
  const { depth, from, margin } = mining;
  const mine = refresh(collection, {
    split: splits.train,
    depth,
    range: [from, depth],
    margin: margin > 0 ? { relative: margin } : {},
  });
  return { every, mine };
}

/** The candidates that an arm may draw from: written ones only of its recipe, all through its filters. */
async function ownNegatives(
  config: ExperimentConfig,
  { recipe = config.recipe, filters = [] }: ArmNegatives,
  { collection, encoder, negatives }: Pick<ArmMaterial, "collection" | "encoder" | "negatives">,
): Promise<Table<typeof NEGATIVES>> {
  const own = ofRecipe(negatives, recipe);
  if (filters.length === 0) return own;
  const chain = filtersOf(filters, () => encoder);
  return await filterNegatives(own, collection, chain, { split: config.splits.train });
}

function ofRecipe(negatives: Table<typeof NEGATIVES>, recipe: string): Table<typeof NEGATIVES> {
  const source = negatives.column("source");
  const written = negatives.column("recipe");
  const rows: number[] = [];
  for (let i = 0; i < negatives.length; i++) {
    if (source.at(i) !== "synthetic" || written.at(i)?.split("@")[0] === recipe.split("@")[0]) rows.push(i);
  }
  return selectRows(negatives, rows);
}
