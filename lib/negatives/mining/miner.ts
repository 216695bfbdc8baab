import type { Progress } from "../../core/progress.ts";
import type { Collection } from "../../collections/types.ts";
import type { Encoder } from "../../encoders/types.ts";

/** What a miner works on; all of it is checked before. */
export interface MiningTask {
  readonly collection: Collection;
  readonly queries: readonly { readonly id: string; readonly text: string }[];
  /** Corpus rows of each query's known positives. */
  readonly positives: readonly (readonly number[])[];
  /** Candidates per query; the corpus may hold fewer. */
  readonly depth: number;
  readonly seed: number | string;
  readonly encoder?: Encoder;
  /** Reports the queries, by the caller; a miner says in its note what it does before the first one. */
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** Candidates of some queries, best first. */
export interface MinedBlock {
  /** The task's queries `queryBegin` up to `queryEnd` (not included). */
  readonly queryBegin: number;
  readonly queryEnd: number;
  /** Corpus rows, `depth` for every query; -1 behind the last one found. */
  readonly rows: Int32Array;
  /** Their scores, and the lowest positive's score of each query; absent where the miner has none. */
  readonly scores?: Float32Array;
  readonly positiveScores?: Float32Array;
}

/** Finds candidates block by block; memory does not grow with the number of queries. */
export type Miner = (task: MiningTask) => AsyncGenerator<MinedBlock>;

/** Queries of one block for miners that take them one by one. */
export const BLOCK = 256;
