import { type Registry, registry } from "../../core/registry.ts";
import type { Source } from "../../tables/sources.ts";
import { BM25 } from "./bm25.ts";
import { DENSE } from "./dense.ts";
import type { MinerPart } from "./miner.ts";
import { MODEL } from "./model.ts";
import { RANDOM } from "./random.ts";

/**
 * Name of a miner: a source that is neither written nor imported.
 *
 * @category Negatives
 */
export type MinerName = Exclude<Source, "synthetic" | "edit" | "imported">;

/**
 * Miners by the source of what they mine. A new miner is one file, one line here, and a color in
 * `lib/tables/sources.ts`.
 *
 * @category Negatives
 */
export const MINERS: Registry<MinerPart<MinerName>> = registry<MinerPart<MinerName>>("miner", [
  RANDOM,
  BM25,
  DENSE,
  MODEL,
]);
