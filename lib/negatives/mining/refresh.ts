import { checkOptions } from "../../core/options.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import { concatenate } from "../../tables/concatenate.ts";
import { selectRows } from "../../tables/select_rows.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import type { Encoder } from "../../encoders/types.ts";
import { mine, MINE_OPTIONS, type MineOptions } from "./mine.ts";

/** What the trainer tells a refresh. */
export interface RefreshState {
  /** The table that is trained on. */
  negatives: Table<typeof NEGATIVES>;
  step: number;
  epoch: number;
  signal?: AbortSignal;
}

/** Called by the trainer every so many steps with the encoder as it is; returns the table to go on with. */
export type Refresh = (encoder: Encoder, state: RefreshState) => Promise<Table<typeof NEGATIVES>>;

/**
 * Mines the encoder in training anew (ANCE, Xiong et al., arXiv 2007.00808: from its own top 200): rows of source
 * `model` are replaced, those of other sources stay. What the table relabeled counts as a positive.
 *
 * @example
 * ```ts
 * import { loadCollection, refresh } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const callback = refresh(facets, { depth: 50, margin: { relative: 0.05 } }); // train(encoder, { refresh: { every: 50, mine: callback } })
 * ```
 */
export function refresh(
  collection: Collection,
  options: Omit<MineOptions, "source" | "encoder" | "negatives" | "signal" | "progress"> = {},
): Refresh {
  const { source: _, encoder: __, signal: ___, progress: ____, negatives: _____, ...kinds } = MINE_OPTIONS;
  checkOptions<typeof options>("refresh", options, kinds);
  const { depth = 200, ...rest } = options;
  return async (encoder, { negatives, signal }) => {
    const mined = await mine(collection, { ...rest, depth, source: "model", encoder, negatives, signal });
    const sources = negatives.column("source");
    const others: number[] = [];
    for (let row = 0; row < negatives.length; row++) if (sources.at(row) !== "model") others.push(row);
    return others.length === 0 ? mined : concatenate([mined, selectRows(negatives, others)]);
  };
}
