import type { Collection } from "../../collections/types.ts";
import type { Progress } from "../../core/progress.ts";
import type { Encoder } from "../../encoders/types.ts";

/**
 * What a miner works on. Everything is checked before.
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
  /** Reports the queries, by the caller. A miner's note says what it does before the first query. */
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
  /** Query behind the last one of the block. */
  readonly queryEnd: number;
  /** Corpus rows, `depth` for every query; -1 behind the last one found. */
  readonly rows: Int32Array;
  /** Scores of the rows. Omit if the miner does not score. */
  readonly scores?: Float32Array;
  /** Each query's lowest positive score. Omit if the miner does not score. */
  readonly positiveScores?: Float32Array;
}

/** Finds candidates block by block, so that memory does not grow with the number of queries. */
export type Miner = (task: MiningTask) => AsyncGenerator<MinedBlock>;

/** Queries in one block of miners that take them one by one. */
export const BLOCK = 256;
