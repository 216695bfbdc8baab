import { random } from "../core/mod.ts";
import type { Collection } from "../collections/mod.ts";
import { type NEGATIVES, selectRows, type Table } from "../tables/mod.ts";
import type { TrainableEncoder } from "../encoders/mod.ts";
import { evaluateEncoder, means } from "../evaluation/mod.ts";
import { direct, hybrid, refresh, type Sampler, simans, top, uniform } from "../negatives/mod.ts";
import { infoNCE, type TrainOptions } from "../training/mod.ts";
import type { Arm, ExperimentConfig } from "./types.ts";

/** What an arm is trained with. */
export interface ArmMaterial {
  /** Repetition, from 0. */
  repetition: number;
  collection: Collection;
  encoder: TrainableEncoder;
  /** Candidates of all arms. */
  negatives: Table<typeof NEGATIVES>;
}

/** The training of an arm, as the configuration says it. */
export function armTraining(
  config: ExperimentConfig,
  arm: Arm,
  { repetition, collection, encoder, negatives }: ArmMaterial,
): TrainOptions {
  const settings = { ...config.train, ...arm.train };
  const seed = random(config.seed).fork("repetition").fork(repetition).integer(2 ** 31);
  // An arm may have in-batch negatives alone.
  const none = Object.values(arm.negatives?.mix ?? {}).every((share) => !share);
  const every = arm.negatives?.refresh ?? 0;
  const mineAgain = refresh(collection, {
    split: config.splits.train,
    depth: config.mining.depth,
    range: [config.mining.from, config.mining.depth],
    margin: config.mining.margin > 0 ? { relative: config.mining.margin } : {},
  });
  const dev = { split: config.splits.dev, measures: [config.measures[0]] };
  return {
    collection,
    negatives: none ? undefined : ofRecipe(negatives, arm.negatives?.recipe ?? config.recipe),
    sampler: none ? undefined : samplerOf(arm, seed),
    split: config.splits.train,
    seed,
    epochs: settings.epochs,
    batch: settings.batch,
    inBatch: settings.in_batch,
    loss: infoNCE({ temperature: settings.temperature }),
    learningRate: settings.learning_rate,
    optimizer: { decay: settings.weight_decay },
    warmup: settings.warmup,
    schedule: settings.schedule,
    dropout: settings.dropout,
    threads: config.threads,
    // Where dev is the test split, its figures stand in the scores: nothing is chosen by them on the way.
    evaluate: config.splits.dev === config.splits.test ? undefined : {
      measure: config.measures[0],
      restore: false,
      run: async (_, { signal }) =>
        Object.fromEntries(means((await evaluateEncoder(encoder, collection, { ...dev, signal })).scores)),
    },
    refresh: every > 0 ? { every, mine: mineAgain } : undefined,
  };
}

/** Rows that an arm may draw from: of the written ones only those of its recipe. */
function ofRecipe(negatives: Table<typeof NEGATIVES>, recipe: string): Table<typeof NEGATIVES> {
  const source = negatives.column("source");
  const written = negatives.column("recipe");
  const rows: number[] = [];
  for (let i = 0; i < negatives.length; i++) {
    if (source.at(i) !== "synthetic" || written.at(i)?.split("@")[0] === recipe.split("@")[0]) rows.push(i);
  }
  return selectRows(negatives, rows);
}

function samplerOf(arm: Arm, seed: number): Sampler {
  const { mix = {}, mixing = "hybrid", draw = "uniform" } = arm.negatives ?? {};
  const draws = { uniform, top, simans };
  const within = draws[draw]({ seed });
  const wanted = Object.fromEntries(Object.entries(mix).filter(([, share]) => share));
  return mixing === "hybrid" ? hybrid(wanted, { seed, within }) : direct(wanted, { seed, within });
}
