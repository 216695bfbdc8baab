import { mineBm25 } from "./bm25.ts";
import { mineDense } from "./dense.ts";
import type { Miner } from "./miner.ts";
import { mineRandom } from "./random.ts";

/** Every miner by the source it mines; `model` is the encoder in training. */
export const miners = {
  random: mineRandom,
  bm25: mineBm25,
  dense: mineDense,
  model: mineDense,
} as const satisfies Record<string, Miner>;
