import { checkCollection, checkNegatives } from "../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import type { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Collection } from "../collections/types.ts";
import type { Encoder, TrainableEncoder } from "../encoders/types.ts";
import type { Refresh } from "../negatives/mining/refresh.ts";
import type { Sampler } from "../negatives/types.ts";
import type { AdamWOptions } from "./optimizer/adamw.ts";
import { infoNCE } from "./losses/info_nce.ts";
import { type ScheduleName, SCHEDULES } from "./optimizer/schedule.ts";
import type { Loss } from "./losses/types.ts";

/**
 * Evaluates the encoder during training.
 *
 * @category Training
 */
export interface TrainEvaluation {
  /**
   * Names what is evaluated on, such as the split; a checkpoint is resumed only under the same name.
   *
   * @default {""}
   */
  name?: string;
  /** Optimizer steps between evaluations; the last step is always evaluated. Omit to evaluate at the end of each epoch. */
  every?: number;
  /** Returns measures by name, such as `{"nDCG@10": 0.41}`. */
  run(encoder: TrainableEncoder, at: { step: number; signal?: AbortSignal }): Promise<Record<string, number>>;
  /** The measure that decides which weights are best; higher is better. */
  measure: string;
  /** Evaluations without a new best after which training stops. Omit to never stop early. */
  patience?: number;
  /**
   * Whether to evaluate before the first step; if nothing better follows, those weights are restored.
   *
   * @default {true}
   */
  initial?: boolean;
  /**
   * Whether to restore the best weights at the end; false keeps the last ones, so that every arm takes as many steps.
   *
   * @default {true}
   */
  restore?: boolean;
}

/**
 * Mines new negatives during training.
 *
 * @category Training
 */
export interface TrainRefresh {
  /**
   * Names how negatives are mined; a checkpoint is resumed only under the same name.
   *
   * @default {""}
   */
  name?: string;
  /** Optimizer steps between refreshes. */
  every: number;
  /** Returns the whole new table; `refresh` and `conan` make such functions. */
  mine: Refresh;
}

/**
 * Options of {@link train}.
 *
 * @category Training
 */
export interface TrainOptions {
  /** What to train on. */
  collection: Collection;
  /** Mined or written negatives; rows with the verdict "kept" are used. Omit to train on in-batch negatives alone. */
  negatives?: Table<typeof NEGATIVES>;
  /** Draws each query's negatives of an epoch. Omit to draw `trainGroupSize` - 1 of them uniformly. */
  sampler?: Sampler;
  /**
   * Judgments whose queries are trained on.
   *
   * @default {"train"}
   */
  split?: string;
  /**
   * Seed of every draw.
   *
   * @default {0}
   */
  seed?: number;
  /**
   * Passes over the queries.
   *
   * @default {1}
   */
  epochs?: number;
  /** Optimizer steps in all; ends training before or after `epochs`. Omit for as many as `epochs` take. */
  steps?: number;
  /**
   * Queries per batch.
   *
   * @default {16}
   */
  batchSize?: number;
  /** Tokens per batch, instead of `batchSize`: batches of long texts have fewer queries. */
  tokens?: number;
  /**
   * Documents per query for the default sampler: one positive, the rest negatives.
   *
   * @default {8}
   */
  trainGroupSize?: number;
  /**
   * Most positives of a query in an epoch, drawn by seed.
   *
   * @default {1}
   */
  positives?: number;
  /** Whether other queries' documents are negatives, too. Omit for true without `negatives`, else false. */
  inBatch?: boolean;
  /** The loss. Omit for `infoNCE()`. */
  loss?: Loss;
  /**
   * Peak learning rate.
   *
   * @default {2e-5}
   */
  learningRate?: number;
  /**
   * How the learning rate falls after the warm-up.
   *
   * @default {"linear"}
   */
  schedule?: ScheduleName;
  /**
   * Warm-up steps; below 1, a share of all steps.
   *
   * @default {0.1}
   */
  warmup?: number;
  /**
   * Settings of AdamW, parameter groups included.
   *
   * @default {{}}
   */
  optimizer?: AdamWOptions;
  /**
   * Largest norm of all gradients together; 0 never clips.
   *
   * @default {1}
   */
  clip?: number;
  /**
   * Batches whose gradients are averaged into one step.
   *
   * @default {1}
   */
  accumulate?: number;
  /** Texts encoded at a time, by GradCache: memory grows with it instead of the batch. Omit to encode all at once. */
  chunk?: number;
  /**
   * Dropout probability, for encoders with dropout.
   *
   * @default {0}
   */
  dropout?: number;
  /**
   * Names of parameters that stay as they are; `*` matches any run of characters.
   *
   * @default {[]}
   */
  freeze?: readonly string[];
  /** Judges in-batch negatives for losses such as `gist`. */
  guide?: Encoder;
  /** Scores for distillation: an encoder's cosines, or the `score` and `positive_score` of the negatives. */
  teacher?: Encoder | "scores";
  /** Evaluates the encoder during training. */
  evaluate?: TrainEvaluation;
  /** Mines new negatives during training. */
  refresh?: TrainRefresh;
  /** Folder for checkpoints and events.arrow. Omit to write nothing. */
  folder?: string;
  /**
   * Optimizer steps between checkpoints; the end and a cancellation always leave one.
   *
   * @default {100}
   */
  checkpointEvery?: number;
  /**
   * Newest checkpoints to keep.
   *
   * @default {2}
   */
  keep?: number;
  /**
   * Whether to resume from the newest checkpoint of `folder`, if there is one.
   *
   * @default {false}
   */
  resume?: boolean;
  /**
   * Threads per operation; 0 for one per core.
   *
   * @default {0}
   */
  threads?: number;
  /** Stops training within one step. */
  signal?: AbortSignal;
}

const TRAIN_OPTIONS: OptionKinds<TrainOptions> = {
  collection: "object",
  negatives: "object",
  sampler: "object",
  split: "string",
  seed: "number",
  epochs: "number",
  steps: "number",
  batchSize: "number",
  tokens: "number",
  trainGroupSize: "number",
  positives: "number",
  inBatch: "boolean",
  loss: "object",
  learningRate: "number",
  schedule: "any",
  warmup: "number",
  optimizer: "object",
  clip: "number",
  accumulate: "number",
  chunk: "number",
  dropout: "number",
  freeze: "array",
  guide: "object",
  teacher: "string|object",
  evaluate: "object",
  refresh: "object",
  folder: "string",
  checkpointEvery: "number",
  keep: "number",
  resume: "boolean",
  threads: "number",
  signal: "object",
};

/** {@link TrainOptions} with every default in place. */
export type Settings =
  & Required<
    Pick<
      TrainOptions,
      | "split"
      | "seed"
      | "epochs"
      | "trainGroupSize"
      | "positives"
      | "inBatch"
      | "loss"
      | "learningRate"
      | "schedule"
      | "warmup"
      | "optimizer"
      | "clip"
      | "accumulate"
      | "dropout"
      | "freeze"
      | "checkpointEvery"
      | "keep"
      | "resume"
    >
  >
  & TrainOptions;

const EVALUATION: OptionKinds<TrainEvaluation> = {
  name: "string",
  every: "number",
  run: "function",
  measure: "string",
  patience: "number",
  initial: "boolean",
  restore: "boolean",
};
const REFRESH: OptionKinds<TrainRefresh> = { name: "string", every: "number", mine: "function" };

const DEFAULTS = {
  split: "train",
  seed: 0,
  epochs: 1,
  trainGroupSize: 8,
  positives: 1,
  learningRate: 2e-5,
  schedule: "linear",
  warmup: 0.1,
  optimizer: {},
  clip: 1,
  accumulate: 1,
  dropout: 0,
  freeze: [],
  checkpointEvery: 100,
  keep: 2,
  resume: false,
} as const satisfies Partial<TrainOptions>;

/**
 * Checks options and fills in the defaults.
 *
 * @throws {ArgumentError} naming the first option that is outside its domain.
 */
export function settingsOf(options: TrainOptions): Settings {
  checkOptions<TrainOptions>("train", options, TRAIN_OPTIONS);
  checkCollection("train, collection", options.collection);
  if (options.negatives !== undefined) checkNegatives("train, negatives", options.negatives);
  if (options.evaluate) checkOptions<TrainEvaluation>("train, evaluate", options.evaluate, EVALUATION);
  if (options.refresh) checkOptions<TrainRefresh>("train, refresh", options.refresh, REFRESH);
  const settings: Settings = {
    ...DEFAULTS,
    inBatch: options.negatives === undefined,
    loss: options.loss ?? infoNCE(),
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as TrainOptions,
  };
  if (settings.batchSize === undefined && settings.tokens === undefined) settings.batchSize = 16;
  checkNumbers(settings);
  checkChoices(settings);
  checkNeeds(settings);
  return settings;
}

function checkNumbers(settings: Settings): void {
  const { evaluate, refresh } = settings;
  const whole = ["epochs", "trainGroupSize", "positives", "accumulate", "checkpointEvery", "keep"] as const;
  const wholeIfGiven = ["steps", "batchSize", "tokens", "chunk"] as const;
  for (const field of [...whole, ...wholeIfGiven]) checkWhole(field, settings[field]);
  for (const value of [evaluate?.every, refresh?.every]) checkWhole("every", value);
  checkWhole("patience", evaluate?.patience);
  demand("learningRate", settings.learningRate, "a number > 0", (v) => v > 0 && Number.isFinite(v));
  demand("warmup", settings.warmup, "a number >= 0", (v) => v >= 0 && Number.isFinite(v));
  demand("clip", settings.clip, "a number >= 0", (v) => v >= 0);
  demand("dropout", settings.dropout, "a number >= 0 and < 1", (v) => v >= 0 && v < 1);
  demand("seed", settings.seed, "an integer", Number.isInteger);
}

function checkChoices({ batchSize, tokens, schedule, resume, folder }: Settings): void {
  if (batchSize !== undefined && tokens !== undefined) {
    throw new ArgumentError("Cannot limit a batch by both batchSize and tokens", { field: "tokens" });
  }
  if (!SCHEDULES.includes(schedule)) {
    throw new ArgumentError(`Unknown schedule "${schedule}": ${suggestion(schedule, SCHEDULES)}`);
  }
  if (resume && folder === undefined) {
    throw new ArgumentError("Cannot resume without the folder of the checkpoints", { field: "folder" });
  }
}

/** What the loss needs must be given. */
function checkNeeds({ loss, guide, teacher, negatives, inBatch }: Settings): void {
  if (loss.needs.guide && !guide) throw new ArgumentError(`Loss ${loss.name} needs a guide`, { field: "guide" });
  if (!loss.needs.teacher) return;
  if (teacher === undefined) throw new ArgumentError(`Loss ${loss.name} needs a teacher`, { field: "teacher" });
  if (teacher !== "scores") return;
  if (!negatives) throw new ArgumentError("Cannot distill scores without negatives", { field: "negatives" });
  if (inBatch) {
    throw new ArgumentError("Cannot distill scores with in-batch negatives, which have no score", { field: "inBatch" });
  }
}

function checkWhole(field: string, value: number | undefined): void {
  if (value !== undefined) demand(field, value, "an integer >= 1", (v) => Number.isInteger(v) && v >= 1);
}

function demand(field: string, value: number, wanted: string, test: (value: number) => boolean): void {
  if (!test(value)) throw new ArgumentError(`${field} must be ${wanted}, found ${value}`, { field });
}
