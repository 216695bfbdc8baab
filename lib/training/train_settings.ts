import { checkCollection, checkNegatives } from "../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { LORA_OPTIONS, type LoraOptions } from "../encoders/adapters/lora_options.ts";
import { infoNCE } from "./losses/info_nce.ts";
import { SCHEDULES } from "./optimizer/schedule.ts";
import type { TrainEvaluation, TrainGroups, TrainOptions, TrainRefresh } from "./train_options.ts";

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
  weightField: "string",
  groups: "object",
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
  lora: "object",
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
const GROUPS: OptionKinds<TrainGroups> = { field: "string", temperature: "number" };
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
  if (options.lora) checkOptions<LoraOptions>("train, lora", options.lora, LORA_OPTIONS);
  if (options.groups) checkGroups(options.groups);
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

function checkGroups(groups: TrainGroups): void {
  checkOptions<TrainGroups>("train, groups", groups, GROUPS);
  if (groups.field === undefined) {
    throw new ArgumentError("groups needs a field of the queries' metadata", { field: "groups" });
  }
  const { temperature = 1 } = groups;
  demand("temperature", temperature, "a number >= 1", (v) => v >= 1 && Number.isFinite(v));
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
