import type { OptionKinds } from "../core/options.ts";
import type { NEGATIVES, Source } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Positives } from "../collections/positives.ts";
import type { Pool } from "./pool.ts";

/** What one query trains with in one epoch. Ragged: no two queries need as many. */
export interface Instance {
  readonly queryId: string;
  /** Document ids of its positives. */
  readonly positives: readonly string[];
  /** Rows of the NEGATIVES table. */
  readonly negatives: readonly number[];
}

/** A query that got fewer negatives of a source than asked for. */
export interface Shortfall {
  readonly queryId: string;
  /** A source, or several joined by "+" where they were asked for together. */
  readonly source: string;
  readonly wanted: number;
  readonly got: number;
}

/** The instances of one epoch and what fell short; never padded. */
export interface Draw {
  readonly instances: readonly Instance[];
  readonly shortfalls: readonly Shortfall[];
}

/** What one query may draw from: row numbers of `pool`, in the table's order. */
export interface Candidates {
  readonly queryId: string;
  readonly rows: readonly number[];
  readonly pool: Pool;
  /** The part of a mix that is being drawn; gives it random numbers of its own. */
  readonly part?: string;
}

/** What one query drew. */
export interface Picked {
  readonly rows: readonly number[];
  readonly shortfalls: readonly Shortfall[];
}

/**
 * Chooses negatives for every query of an epoch. A pure function of the table, the seed, the epoch and the query: the
 * same whatever the order of queries or batches. Only rows whose verdict is "kept" are drawn.
 */
export interface Sampler {
  readonly name: string;
  /** What it was made with, as plain data: a training goes on only with the same. */
  readonly settings?: unknown;
  /** Sources that it draws from, where it was told: each must have rows. @default whatever there is */
  readonly sources?: readonly Source[];
  /** All queries of an epoch (from 0). */
  draw(negatives: Table<typeof NEGATIVES>, positives: Positives, epoch: number): Draw;
  /** One query of an epoch, `count` rows instead of the sampler's own where it is given. */
  pick(candidates: Candidates, epoch: number, count?: number): Picked;
}

/** What every simple sampler takes. */
export interface SamplerOptions {
  /** Negatives per query; may be left out for a sampler that works within another one. */
  count?: number;
  /** @default 0 */
  seed?: number | string;
  /** Sources to draw from. @default all */
  sources?: readonly Source[];
}

/** Kinds of {@link SamplerOptions}. */
export const SAMPLER_OPTIONS: OptionKinds<SamplerOptions> = {
  count: "number",
  seed: "string|number",
  sources: "array",
};
