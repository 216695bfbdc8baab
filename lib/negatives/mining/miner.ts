import type { Collection } from "../../collections/types.ts";
import type { Progress } from "../../core/progress.ts";
import type { Encoder } from "../../encoders/types.ts";

/** What a miner works on. Everything is checked before. */
export interface MiningTask {
  readonly collection: Collection;
  readonly queries: readonly { readonly id: string; readonly text: string }[];
  /** Corpus rows of each query's known positives. */
  readonly positives: readonly (readonly number[])[];
  /** Candidates per query; the corpus may hold fewer. */
  readonly depth: number;
  readonly seed: number | string;
  readonly encoder?: Encoder;
  /** Reports the queries, by the caller. A miner's note says what it does before the first query. */
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** Candidates of some queries, best first. */
export interface MinedBlock {
  /** The task's queries from `queryBegin` to `queryEnd` (not included). */
  readonly queryBegin: number;
  readonly queryEnd: number;
  /** Corpus rows, `depth` for every query; -1 behind the last one found. */
  readonly rows: Int32Array;
  /** Their scores and each query's lowest positive score. Omit if the miner does not score. */
  readonly scores?: Float32Array;
  readonly positiveScores?: Float32Array;
}

/** Finds candidates block by block, so that memory does not grow with the number of queries. */
export type Miner = (task: MiningTask) => AsyncGenerator<MinedBlock>;

/** Queries in one block of miners that take them one by one. */
export const BLOCK = 256;
