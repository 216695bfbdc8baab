import { ArgumentError } from "../../core/errors.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { Progress } from "../../core/progress.ts";
import type { Encoder } from "../../encoders/types.ts";
import type { AnalyzerChoice, Bm25Index } from "../../retrieval/mod.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { checkMargin, type Margin } from "../rules/margins.ts";
import { checkThreshold } from "../rules/positive_rules.ts";
import { checkScoreRange, type ScoreRange } from "../rules/score_range.ts";
import { type MinerName, MINERS } from "./registry.ts";

/**
 * Options of {@link mine}.
 *
 * @category Negatives
 */
export interface MineOptions {
  /** Where candidates come from; `model` is `dense` with the encoder in training. */
  source: MinerName;
  /** Scores candidates for `dense` and `model`. Omit it for the others. */
  encoder?: Encoder;
  /**
   * How `bm25` splits texts into terms: a name of `ANALYZERS`, a name with options, or an analyzer. Omit to choose by the
   * language of the corpus.
   */
  analyzer?: AnalyzerChoice;
  /** Index of the corpus for `bm25`, such as one that `openBm25` opened. Omit to build one. */
  index?: Bm25Index;
  /**
   * Candidates per query, positives among them.
   * @default {100}
   */
  depth?: number;
  /** First and last rank to keep. Every candidate has a rank, known positives too. Omit for all ranks. */
  range?: readonly [number, number];
  /** Scores to keep, in units of the miner. Omit for all. */
  scoreWindow?: ScoreRange;
  /** How far below the lowest positive a score must stay. Omit for no margin. */
  margin?: Margin;
  /**
   * Jaccard overlap of three-word shingles from which a candidate is a near-duplicate of a positive; `false` compares
   * ids and whole texts only.
   * @default {0.8}
   */
  nearDuplicateThreshold?: number | false;
  /**
   * Split of the queries and their known positives.
   * @default {"train"}
   */
  split?: string;
  /** Negatives whose relabeled documents count as positives, too. Omit for none. */
  negatives?: Table<typeof NEGATIVES>;
  /**
   * Seed of random negatives.
   * @default {0}
   */
  seed?: number | string;
  /** Reports queries after each block; while texts are encoded, its note counts them. Omit for none. */
  progress?: Progress;
  /** Cancels the work. Omit for none; in a notebook the stop button cancels in any case. */
  signal?: AbortSignal;
}

/** Kinds of {@link MineOptions}. */
export const MINE_OPTIONS: OptionKinds<MineOptions> = {
  source: "string",
  encoder: "object",
  analyzer: "string|object",
  index: "object",
  depth: "number",
  range: "array",
  scoreWindow: "object",
  margin: "object",
  nearDuplicateThreshold: "number|boolean",
  split: "string",
  negatives: "object",
  seed: "number|string",
  progress: "object",
  signal: "object",
};

/**
 * Checks options of {@link mine}, alone and together.
 *
 * @throws {ArgumentError} for values outside their domain and for impossible combinations.
 *
 * @example
 * ```ts
 * import { checkMining } from "@syneg/kit/negatives";
 * checkMining({ source: "bm25", depth: 10 }); // throws for depth 0
 * ```
 *
 * @category Negatives
 */
export function checkMining(options: Omit<MineOptions, "encoder"> & { encoder?: object }): void {
  checkOptions<MineOptions>("mine", options as MineOptions, MINE_OPTIONS);
  const { source, depth = 100, range = [1, depth], scoreWindow, margin = {}, encoder } = options;
  const { nearDuplicateThreshold = 0.8 } = options;
  const miner = MINERS.get(source);
  if (!(Number.isInteger(depth) && depth >= 1)) {
    throw new ArgumentError(`depth must be an integer >= 1, found ${depth}`, { field: "depth" });
  }
  if (!(Number.isInteger(range[0]) && Number.isInteger(range[1]) && 1 <= range[0] && range[0] <= range[1])) {
    throw new ArgumentError(`range must be [first, last] with 1 <= first <= last, found [${range}]`, {
      field: "range",
    });
  }
  if (range[0] > depth) {
    throw new ArgumentError(`range must begin at depth (${depth}) or before, found [${range}]`, { field: "range" });
  }
  for (const option of ["analyzer", "index"] as const) {
    if (options[option] === undefined || source === "bm25") continue;
    throw new ArgumentError(`Cannot mine ${source} negatives with an option of bm25: ${option}`, { field: option });
  }
  if (options.analyzer !== undefined && options.index !== undefined) {
    throw new ArgumentError("Cannot take both an analyzer and an index: the index has its own", { field: "analyzer" });
  }
  checkMargin(margin);
  if (scoreWindow) checkScoreRange(scoreWindow);
  if (!miner.scores) {
    const margins = margin.absolute !== undefined || margin.relative !== undefined;
    if (margins || scoreWindow) {
      const what = margins ? "a margin" : "a score window";
      throw new ArgumentError(`Cannot apply ${what} to ${source} negatives: they have no scores`);
    }
  }
  if (nearDuplicateThreshold === true as unknown) {
    throw new ArgumentError("nearDuplicateThreshold must be a number > 0 and <= 1, or false, found true", {
      field: "nearDuplicateThreshold",
    });
  }
  checkThreshold(nearDuplicateThreshold);
  if (miner.encoder !== (encoder !== undefined)) {
    throw new ArgumentError(`Cannot mine ${source} negatives ${encoder ? "with an" : "without an"} encoder`, {
      field: "encoder",
    });
  }
}
