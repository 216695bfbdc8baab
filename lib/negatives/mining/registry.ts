import { type Registry, registry } from "../../core/registry.ts";
import { BM25 } from "./bm25.ts";
import { DENSE } from "./dense.ts";
import { MODEL } from "./model.ts";
import { RANDOM } from "./random.ts";

/** Entry of {@link MINERS}. */
export type MinerPart = typeof RANDOM | typeof BM25 | typeof DENSE | typeof MODEL;

/**
 * Miners by the source that they yield. A new miner is one file and one line; its source has a line with its color in
 * `lib/tables/sources.ts`.
 *
 * @category Negatives
 */
export const MINERS: Registry<MinerPart> = registry("miner", [RANDOM, BM25, DENSE, MODEL]);
