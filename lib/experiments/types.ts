import type { Source } from "../tables/mod.ts";

/** How an arm ranks the test documents. */
export type Method = "fine-tuned" | "untrained" | "bm25";

/** How an arm chooses the negatives of a query. */
export interface ArmNegatives {
  /** Negatives of each source per instance; real values are met in expectation (SyNeg's ratio R). */
  mix: Partial<Record<Source, number>>;
  /** `hybrid` mixes per instance, `direct` pools the sources over the whole set. @default "hybrid" */
  mixing?: "hybrid" | "direct";
  /** How candidates of one source are drawn. @default "uniform" */
  draw?: "uniform" | "top" | "simans";
  /** Recipe of the synthetic negatives. @default the configuration's */
  recipe?: string;
  /** Mine with the model in training every so many steps (ANCE); 0 never. @default 0 */
  refresh?: number;
}

/** One way to treat the encoder; arms differ in as little as possible. */
export interface Arm {
  name: string;
  method: Method;
  negatives?: ArmNegatives;
  /** What this arm trains with otherwise than the rest. The report says so. */
  train?: Partial<TrainSettings>;
}

/** Settings of the fine-tuning, the same for every arm unless the arm says otherwise. */
export interface TrainSettings {
  /** Passes over the training queries. */
  epochs: number;
  /** Queries in a batch. */
  batch: number;
  learning_rate: number;
  weight_decay: number;
  /** Share of the steps with a rising learning rate. */
  warmup: number;
  schedule: "constant" | "linear" | "cosine";
  temperature: number;
  /** Whether the other passages of the batch are negatives too (not part of SyNeg's formula). */
  in_batch: boolean;
  /** Tokens at which texts are cut; null: where the encoder itself cuts them. */
  max_length: number | null;
  dropout: number;
}

/** Where candidates come from before an arm draws from them. */
export interface MiningSettings {
  /** Candidates per query and source. */
  depth: number;
  /** Best rank that is used; RocketQA and others leave out the very first. */
  from: number;
  /** Relative margin: drop candidates that score above (1 - margin) of the lowest positive (NV-Retriever); 0 keeps all. */
  margin: number;
}

/** Settings of the statistics. */
export interface StatisticsSettings {
  /** Arm that the others are compared with. */
  baseline: string;
  /** Differences within this margin count as equal (TOST). */
  margin: number;
  /** Resamplings of every test and interval. */
  rounds: number;
  /** Confidence level of intervals. */
  confidence: number;
}

/** Everything that decides an experiment: plain data, stored whole in the run's manifest. */
export interface ExperimentConfig {
  /** Name of the preset or file. */
  name: string;
  collection: string;
  /** "built-in", a folder, or `hf:owner/name@revision`. */
  encoder: string;
  /** Put before the texts of each kind. @default as the encoder's folder says */
  prompts?: { query?: string; document?: string };
  splits: { train: string; dev: string; test: string };
  /** Measures; the first one decides. */
  measures: string[];
  seed: number;
  /** Repetitions with different seeds. */
  seeds: number;
  /** Recorded replies that synthetic negatives are read from: "recorded" is the collection's own. */
  replies: string;
  recipe: string;
  /** Threads of one cell. Part of the configuration, because sums over more threads differ in their last bits. */
  threads: number;
  arms: Arm[];
  mining: MiningSettings;
  train: TrainSettings;
  statistics: StatisticsSettings;
  /** Horizontal axis of a sweep: the value of each arm, for presets `ratio` and `temperature`. */
  sweep?: { parameter: string; values: Record<string, number> };
}

/** Arm and seed: the unit that runs by itself. */
export interface Cell {
  arm: string;
  /** Repetition, from 0. */
  repetition: number;
  /** Folder of the cell inside the run. */
  folder: string;
}
