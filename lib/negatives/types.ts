import type { NEGATIVES, Source } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Positives } from "../collections/positives.ts";
import type { Pool } from "./pool.ts";

/**
 * What one query trains with in one epoch. Ragged: queries may have different numbers of negatives.
 *
 * @category Negatives
 */
export interface Instance {
  /** Id of the query. */
  readonly queryId: string;
  /** Document ids of its positives. */
  readonly positives: readonly string[];
  /** Rows of the NEGATIVES table. */
  readonly negatives: readonly number[];
}

/**
 * A query that got fewer negatives of a source than requested.
 *
 * @category Negatives
 */
export interface Shortfall {
  /** Id of the query. */
  readonly queryId: string;
  /** A source, or several joined by "+" if they were requested together. */
  readonly source: string;
  /** Negatives requested. */
  readonly wanted: number;
  /** Negatives drawn. */
  readonly got: number;
}

/**
 * The instances of one epoch and their shortfalls. Nothing is padded.
 *
 * @category Negatives
 */
export interface Draw {
  /** One for each query with positives, in their order. */
  readonly instances: readonly Instance[];
  /** What sources could not supply. */
  readonly shortfalls: readonly Shortfall[];
}

/**
 * The rows that one query may draw from.
 *
 * @category Negatives
 */
export interface Candidates {
  /** Id of the query. */
  readonly queryId: string;
  /** Row numbers of `pool`, in the table's order. */
  readonly rows: readonly number[];
  /** The table's columns as arrays. */
  readonly pool: Pool;
  /** The part of a mix that is being drawn; it gets its own random stream. */
  readonly part?: string;
}

/**
 * What one query drew.
 *
 * @category Negatives
 */
export interface Picked {
  /** Rows of the NEGATIVES table. */
  readonly rows: readonly number[];
  /** What sources could not supply. */
  readonly shortfalls: readonly Shortfall[];
}

/**
 * Chooses the negatives of every query for an epoch. A pure function of the table, the seed, the epoch and the query:
 * the order of queries and batches does not matter. Only rows with verdict "kept" are drawn.
 *
 * @category Negatives
 */
export interface Sampler {
  /** Name of the rule. */
  readonly name: string;
  /** Its options as plain data. A training resumes only with equal settings. */
  readonly settings?: unknown;
  /** Sources to draw from; each must have rows. Omit for every source of the table. */
  readonly sources?: readonly Source[];
  /** Draws for all queries of an epoch, counted from 0. */
  draw(negatives: Table<typeof NEGATIVES>, positives: Positives, epoch: number): Draw;
  /** Draws for one query of an epoch; `count` replaces the sampler's own. */
  pick(candidates: Candidates, epoch: number, count?: number): Picked;
}
