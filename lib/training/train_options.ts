import type { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Collection } from "../collections/types.ts";
import type { LoraOptions } from "../encoders/adapters/lora_options.ts";
import type { CrossEncoder } from "../encoders/mod.ts";
import type { Encoder, TrainableEncoder } from "../encoders/types.ts";
import type { Refresh } from "../negatives/mining/refresh.ts";
import type { Sampler } from "../negatives/types.ts";
import type { AdamWOptions } from "./optimizer/adamw.ts";
import type { ScheduleName } from "./optimizer/schedule.ts";
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
 * Batches of one group each, such as the collection that a query comes from, so that in-batch negatives stay comparable.
 *
 * @category Training
 */
export interface TrainGroups {
  /** Field of the queries' metadata that names the group; `joinCollections` sets "collection". */
  field: string;
  /**
   * 1 gives every query one place in an epoch; above, the batches of an epoch go to small groups more often: a group of n
   * batches gets a share of n^(1 / temperature).
   *
   * @default {1}
   */
  temperature?: number;
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
  /** Field of the queries' metadata that holds the weight of each query's loss, a number >= 0. Omit to weigh all alike. */
  weightField?: string;
  /** Makes batches of one group each. Omit to batch any queries together. */
  groups?: TrainGroups;
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
   * Names of frozen parameters; `*` matches any run of characters.
   *
   * @default {[]}
   */
  freeze?: readonly string[];
  /**
   * Trains narrow matrices in place of the weights, which stay as they are (LoRA). The encoder keeps them apart:
   * `merge()` adds them to its weights, `saveAdapter` writes them alone. Omit to train the weights, or an adapter that
   * the encoder has.
   */
  lora?: LoraOptions;
  /** Judges in-batch negatives for losses such as `gist`. */
  guide?: Encoder;
  /**
   * Scores for distillation: an encoder's cosines, a cross-encoder's scores, or the `score` and `positive_score` of the
   * negatives.
   */
  teacher?: Encoder | CrossEncoder | "scores";
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
