import { type OptionSchema, type Part, type Registry, registry } from "../../core/registry.ts";
import { BM25 } from "./bm25.ts";
import { DENSE } from "./dense.ts";
import type { MinedBlock, MiningTask } from "./miner.ts";
import { MODEL } from "./model.ts";
import { RANDOM } from "./random.ts";

/**
 * Name of a miner: the source that it yields.
 *
 * @category Negatives
 */
export type MinerName = "random" | "bm25" | "dense" | "model";

/**
 * Entry of {@link MINERS}.
 *
 * @category Negatives
 */
export interface MinerPart
  extends Part<MinerName, OptionSchema, readonly [task: MiningTask], AsyncGenerator<MinedBlock>> {
  /** Whether it needs an encoder. */
  readonly encoder: boolean;
  /** Whether its candidates have scores. */
  readonly scores: boolean;
}

/**
 * Miners by the source that they yield. A new miner is one file and one line; its source has a line with its color in
 * `lib/tables/sources.ts`.
 *
 * @category Negatives
 */
export const MINERS: Registry<MinerPart> = registry<MinerPart>("miner", [RANDOM, BM25, DENSE, MODEL]);
