import type { Source } from "../tables/mod.ts";
import type { PartConfig, RefreshConfig } from "./config/part_config.ts";
import type { HoldOut } from "./hold_out.ts";
import type { TrialPlan } from "./trial_plan.ts";

export type { HoldOut, PartConfig, RefreshConfig, TrialPlan };

/**
 * How an arm ranks the test documents.
 *
 * @category Experiments
 */
export type Method = "fine-tuned" | "untrained" | "bm25";

/**
 * How an arm chooses the negatives of a query.
 *
 * @category Experiments
 */
export interface ArmNegatives {
  /** Negatives of each source per instance. Fractions hold in expectation (SyNeg's ratio R). */
  mix: Partial<Record<Source, number>>;
  /**
   * How sources are mixed: `hybrid` in every instance, `direct` over the whole set.
   * @default {"hybrid"}
   */
  mixing?: PartConfig;
  /**
   * How candidates of one source are drawn.
   * @default {"uniform"}
   */
  sampler?: PartConfig;
  /**
   * Filters of the arm's candidates, applied in this order after the guards and margins of all arms.
   * @default {[]}
   */
  filters?: readonly PartConfig[];
  /** What the candidates of an epoch depend on, such as "easy-to-hard". Omit to draw from all in every epoch. */
  curriculum?: PartConfig;
  /** Recipe of the synthetic negatives. Omit for the configuration's. */
  recipe?: string;
  /** New negatives during training, such as `{ name: "ance", every: 50 }`. Omit for none. */
  refresh?: RefreshConfig;
}

/**
 * One way to treat the encoder. Arms differ in as little as possible.
 *
 * @category Experiments
 */
export interface Arm {
  /** Name in tables and charts. */
  name: string;
  /** How it ranks the documents. */
  method: Method;
  /** How it chooses negatives, if it is fine-tuned. Omit for in-batch negatives alone. */
  negatives?: ArmNegatives;
  /** Settings in which its training differs from the other arms'. The report lists them. */
  train?: Partial<TrainSettings>;
  /** Text before queries and documents. Omit for the configuration's. */
  prompts?: { query?: string; document?: string };
}

/**
 * Settings of the fine-tuning, the same for every arm unless the arm has its own.
 *
 * @category Experiments
 */
export interface TrainSettings {
  /** Passes over the training queries. */
  epochs: number;
  /** Queries of a batch. */
  batchSize: number;
  /** Highest learning rate. */
  learningRate: number;
  /** Decoupled weight decay of AdamW. */
  weightDecay: number;
  /** Share of the steps in which the learning rate rises. */
  warmup: number;
  /** How the learning rate falls. */
  schedule: "constant" | "linear" | "cosine";
  /** The loss with its options. */
  loss: PartConfig;
  /** Losses around it, the first one innermost, such as `[{ name: "matryoshka", dimensions: [64, 256] }]`. */
  wrap?: readonly PartConfig[];
  /**
   * Scores to distill: `scores` are those of the negatives; else an encoder or a cross-encoder by its folder. Omit
   * for losses without a teacher.
   */
  teacher?: string;
  /** Encoder that judges in-batch negatives for losses such as gist. Omit for the experiment's own, untrained. */
  guide?: string;
  /**
   * Most positives of a query in an epoch.
   * @default {1}
   */
  positives?: number;
  /** Field of the queries' metadata that holds the weight of each query's loss. Omit to weigh all alike. */
  weightField?: string;
  /**
   * Batches whose gradients are averaged into one step.
   * @default {1}
   */
  accumulate?: number;
  /** Texts encoded at a time (GradCache): memory grows with it instead of the batch. Omit to encode all at once. */
  chunk?: number;
  /**
   * Whether documents are trained, too. Frozen ones are encoded by the untrained encoder, also when ranking (ADORE).
   * @default {"trained"}
   */
  documents?: "trained" | "frozen";
  /** Whether the other passages of the batch are negatives, too (not part of SyNeg's formula). */
  inBatch: boolean;
  /** Tokens at which texts are cut; null for the encoder's own limit. */
  maxLength: number | null;
  /** Dropout probability, if the encoder has dropout. */
  dropout: number;
}

/**
 * Where candidates come from before an arm draws from them.
 *
 * @category Experiments
 */
export interface MiningSettings {
  /** Candidates per query and source. */
  depth: number;
  /** Best rank to use; RocketQA and others skip the first ranks. */
  from: number;
  /** Relative margin: drops candidates that score above (1 - margin) of the lowest positive (NV-Retriever); 0 keeps all. */
  margin: number;
}

/**
 * Settings of the statistics.
 *
 * @category Experiments
 */
export interface StatisticsSettings {
  /** Arm to compare the others with. */
  baseline: string;
  /** Differences within this margin count as equal (TOST). */
  margin: number;
  /** Resamplings of every test and interval. */
  rounds: number;
  /** Confidence level of intervals. */
  confidence: number;
}

/**
 * Everything that decides an experiment: plain data, stored whole in the run's manifest.
 *
 * @category Experiments
 */
export interface ExperimentConfig {
  /** Name of the preset or file. */
  name: string;
  /** Collection to train and test on, as `loadCollection` takes it. */
  collection: string;
  /** "built-in", a folder, or `hf:owner/name@revision`. */
  encoder: string;
  /** Text before queries and documents. Omit for the prompts in the encoder's folder. */
  prompts?: { query?: string; document?: string };
  /** A split to take out of another one, for collections without one. Omit for none. */
  holdOut?: HoldOut;
  /** Splits of the collection by their use. */
  splits: { train: string; dev: string; test: string };
  /** Measures; the first one decides. */
  measures: string[];
  /** Seed of every random choice. */
  seed: number;
  /** Repetitions with different seeds. */
  seeds: number;
  /**
   * Where the synthetic negatives come from: recorded replies (JSONL), a ledger (.sqlite), or a table of generate's
   * (.arrow); "recorded" is the collection's own file.
   */
  replies: string;
  /**
   * Files of candidates from other tools, which arms draw as source `imported`: an Arrow table of negatives, or
   * `{ file, format }` with a format of another library.
   * @default {[]}
   */
  negatives?: readonly (string | { file: string; format: string })[];
  /**
   * Filters of all candidates, after the guards and margins and before an arm's own.
   * @default {[]}
   */
  filters?: readonly PartConfig[];
  /** Cross-encoder of the filter `cross-encoder`: a folder, or `hf:owner/name@revision`. */
  crossEncoder?: string;
  /** Language model of the filter `judge`. Its replies are kept in the ledger and paid once. */
  judge?: { model: string; baseURL?: string; ledger?: string; recipe?: string };
  /**
   * Collections on which every arm is scored as well, by their own test split unless one is named.
   * @default {[]}
   */
  transfer?: readonly (string | { collection: string; split: string })[];
  /**
   * Trained encoders to keep: the best by dev, all, or none.
   * @default {"best"}
   */
  keep?: "best" | "all" | "none";
  /** Recipe of the synthetic negatives. */
  recipe: string;
  /** Threads of one cell. Part of the configuration, because sums over more threads differ in their last bits. */
  threads: number;
  /** The arms to compare. */
  arms: Arm[];
  /** How candidates are mined. */
  mining: MiningSettings;
  /** How fine-tuned arms are trained. */
  train: TrainSettings;
  /** How arms are compared. */
  statistics: StatisticsSettings;
  /** Trials of a search for settings, which `experiment sweep` makes. Omit for an experiment. */
  trials?: TrialPlan;
  /** Axis of a sweep: the value of each arm, as in the presets `ratio` and `temperature`. */
  sweep?: { parameter: string; values: Record<string, number> };
}

/**
 * Arm and seed: the unit that runs in its own process.
 *
 * @category Experiments
 */
export interface Cell {
  /** Name of the arm. */
  arm: string;
  /** Repetition, from 0. */
  repetition: number;
  /** Folder of the cell inside the run. */
  folder: string;
}
