import type { Collection } from "../../collections/types.ts";
import { checkOptions } from "../../core/options.ts";
import type { Encoder } from "../../encoders/types.ts";
import { concatenate } from "../../tables/concatenate.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import { selectRows } from "../../tables/select_rows.ts";
import type { Table } from "../../tables/table.ts";
import { mine } from "./mine.ts";
import { MINE_OPTIONS, type MineOptions } from "./mine_options.ts";

/**
 * What the trainer passes to a refresh.
 *
 * @category Negatives
 */
export interface RefreshState {
  /** The table in use. */
  negatives: Table<typeof NEGATIVES>;
  /** Steps done. */
  step: number;
  /** Epoch, from 0. */
  epoch: number;
  /** Cancels the work. */
  signal?: AbortSignal;
}

/**
 * Called by the trainer every few steps with the encoder in its current state; returns the table to continue with.
 *
 * @category Negatives
 */
export type Refresh = (encoder: Encoder, state: RefreshState) => Promise<Table<typeof NEGATIVES>>;

/**
 * Options of {@link refresh}: those of mining, without what the trainer supplies. The default depth is 200.
 *
 * @category Negatives
 */
export type RefreshOptions = Omit<MineOptions, "source" | "encoder" | "negatives" | "signal" | "progress">;

/**
 * Mines with the encoder in training (ANCE, Xiong et al., arXiv 2007.00808: from its top 200). Rows of source `model`
 * are replaced, those of other sources stay. Documents relabeled in the table count as positives.
 *
 * @example
 * ```ts
 * import { loadCollection, refresh } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const mine = refresh(facets, { depth: 50, margin: { relative: 0.05 } });
 * const options = { refresh: { every: 50, mine } }; // for train(encoder, …)
 * console.log(options.refresh.every);
 * ```
 * @category Negatives
 */
export function refresh(collection: Collection, options: RefreshOptions = {}): Refresh {
  const { source: _, encoder: __, signal: ___, progress: ____, negatives: _____, ...kinds } = MINE_OPTIONS;
  checkOptions<RefreshOptions>("refresh", options, kinds);
  const { depth = 200, ...rest } = options;
  return async (encoder, { negatives, signal }) => {
    const mined = await mine(collection, { ...rest, depth, source: "model", encoder, negatives, signal });
    const sources = negatives.column("source");
    const others: number[] = [];
    for (let row = 0; row < negatives.length; row++) if (sources.at(row) !== "model") others.push(row);
    return others.length === 0 ? mined : concatenate([mined, selectRows(negatives, others)]);
  };
}
