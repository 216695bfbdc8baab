import type { Collection } from "../../collections/types.ts";
import type { Progress } from "../../core/progress.ts";
import type { OptionSchema, Part } from "../../core/registry.ts";
import type { Encoder } from "../../encoders/types.ts";
import type { AnalyzerChoice, Bm25Index } from "../../retrieval/mod.ts";
import type { Source } from "../../tables/sources.ts";

/**
 * Input of a miner, already validated.
 *
 * @category Negatives
 */
export interface MiningTask {
  /** Collection to mine in. */
  readonly collection: Collection;
  /** Queries to mine for. */
  readonly queries: readonly { readonly id: string; readonly text: string }[];
  /** Corpus rows of each query's known positives. */
  readonly positives: readonly (readonly number[])[];
  /** Candidates per query; the corpus may hold fewer. */
  readonly depth: number;
  /** Seed of random miners. */
  readonly seed: number | string;
  /** Encoder of miners that need one. */
  readonly encoder?: Encoder;
  /** Analyzer of the BM25 miner. Omit to choose by the language of the corpus. */
  readonly analyzer?: AnalyzerChoice;
  /** Index of the corpus for the BM25 miner. Omit to build one. */
  readonly index?: Bm25Index;
  /** The caller advances it by queries; a miner sets notes for work before the first query. */
  readonly progress?: Progress;
  /** Cancels the work. */
  readonly signal?: AbortSignal;
}

/**
 * Candidates of some queries, best first.
 *
 * @category Negatives
 */
export interface MinedBlock {
  /** First query of the block in the task. */
  readonly queryBegin: number;
  /** Exclusive end of the block. */
  readonly queryEnd: number;
  /** Corpus rows, `depth` for each query, padded with -1. */
  readonly rows: Int32Array;
  /** Scores of the rows. Omit if the miner does not score. */
  readonly scores?: Float32Array;
  /** Each query's lowest positive score. Omit if the miner does not score. */
  readonly positiveScores?: Float32Array;
}

/** Finds candidates block by block, so memory does not grow with the number of queries. */
export type Miner = (task: MiningTask) => AsyncGenerator<MinedBlock>;

/**
 * Entry of {@link MINERS}. Its name is the source of what it mines, which has a color in `lib/tables/sources.ts`.
 *
 * @category Negatives
 */
export interface MinerPart<Name extends Source = Source>
  extends Part<Name, OptionSchema, readonly [task: MiningTask], AsyncGenerator<MinedBlock>> {
  /** Whether it needs an encoder. */
  readonly encoder: boolean;
  /** Whether its candidates have scores. */
  readonly scores: boolean;
}

/** Queries per block, for miners that process them one by one. */
export const BLOCK = 256;
