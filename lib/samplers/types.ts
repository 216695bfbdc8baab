import type { NEGATIVES } from "../data/schema.ts";
import type { Table } from "../data/table.ts";

/** What one query trains with in one epoch. Ragged: no two queries need as many. */
export interface Instance {
  readonly query_id: string;
  /** Document ids of its positives. */
  readonly positives: readonly string[];
  /** Rows of the NEGATIVES table. */
  readonly negatives: readonly number[];
}

/** The instances of one epoch and what fell short. */
export interface Draw {
  readonly instances: readonly Instance[];
  /** Queries that got fewer negatives than asked for. */
  readonly shortfalls: readonly Shortfall[];
}

/** A query that got fewer negatives of a source than asked for. */
export interface Shortfall {
  readonly query_id: string;
  readonly source: string;
  readonly wanted: number;
  readonly got: number;
}

/**
 * Chooses negatives for every query of an epoch. A pure function of the table, the seed, the epoch and the query: the
 * same whatever the order of batches.
 */
export interface Sampler {
  readonly name: string;
  draw(negatives: Table<typeof NEGATIVES>, positives: Positives, epoch: number): Draw;
}

/** Query id -> ids of its known positives. */
export type Positives = ReadonlyMap<string, readonly string[]>;
