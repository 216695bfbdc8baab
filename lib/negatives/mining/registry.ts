import { type Registry, registry } from "../../core/registry.ts";
import { BM25 } from "./bm25.ts";
import { DENSE } from "./dense.ts";
import type { MinerPart } from "./miner.ts";
import { MODEL } from "./model.ts";
import { RANDOM } from "./random.ts";

const PARTS = [RANDOM, BM25, DENSE, MODEL] as const;

/**
 * Name of a miner: the source of what it mines.
 *
 * @category Negatives
 */
export type MinerName = (typeof PARTS)[number]["name"];

/**
 * Miners by the source of what they mine. A new miner is one file, one line here, and a color in
 * `lib/tables/sources.ts`.
 *
 * @category Negatives
 */
export const MINERS: Registry<MinerPart<MinerName>> = registry<MinerPart<MinerName>>("miner", PARTS);
