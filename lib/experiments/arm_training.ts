import { random } from "../core/random.ts";
import type { Collection } from "../collections/mod.ts";
import type { NEGATIVES, Table } from "../tables/mod.ts";
import type { CrossEncoder, Encoder, TrainableEncoder } from "../encoders/mod.ts";
import { evaluateEncoder, means } from "../evaluation/mod.ts";
import type { TrainEvaluation, TrainOptions, TrainRefresh } from "../training/mod.ts";
import { lossOf, makeRefresh, samplerOf } from "./config/parts.ts";
import type { Arm, ExperimentConfig } from "./types.ts";

/** What an arm is trained with. */
export interface ArmMaterial {
  /** Repetition, from 0. */
  repetition: number;
  collection: Collection;
  encoder: TrainableEncoder;
  /** Candidates of the arm: see `armNegatives`. Undefined for in-batch negatives alone. */
  negatives?: Table<typeof NEGATIVES>;
  /** Encoders that its loss needs. */
  guide?: Encoder;
  teacher?: Encoder | CrossEncoder;
}

/** Whether an arm has negatives of its own beside in-batch ones. */
export function drawsOwn({ negatives }: Arm): boolean {
  return Object.values(negatives?.mix ?? {}).some((share) => share);
}

/** The options of an arm's training, from the configuration. */
export function armTraining(config: ExperimentConfig, arm: Arm, material: ArmMaterial): TrainOptions {
  const { repetition, collection, encoder, negatives, guide } = material;
  const settings = { ...config.train, ...arm.train };
  const seed = random(config.seed).fork("repetition").fork(repetition).integer(2 ** 31);
  const own = drawsOwn(arm) ? arm.negatives : undefined;
  return {
    collection,
    negatives: own && negatives,
    sampler: own && samplerOf(own, seed),
    split: config.splits.train,
    seed,
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    accumulate: settings.accumulate,
    chunk: settings.chunk,
    positives: settings.positives,
    weightField: settings.weightField,
    inBatch: settings.inBatch,
    loss: lossOf(settings),
    guide,
    teacher: settings.teacher === "scores" ? settings.teacher : material.teacher,
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

/** Brings new negatives with the encoder in training, if the arm asks for it. */
function refreshOf({ splits, mining }: ExperimentConfig, arm: Arm, collection: Collection): TrainRefresh | undefined {
  const part = arm.negatives?.refresh;
  if (!part) return undefined;
  const { depth, from, margin } = mining;
  const total = Object.values(arm.negatives!.mix).reduce((sum, share) => sum + (share ?? 0), 0);
  const mine = makeRefresh(part, {
    collection,
    split: splits.train,
    count: Math.ceil(total),
    mining: { depth, range: [from, depth], margin: margin > 0 ? { relative: margin } : {} },
  });
  return { name: JSON.stringify(part), every: part.every, mine };
}
