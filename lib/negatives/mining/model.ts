import { DENSE } from "./dense.ts";
import type { MinerPart } from "./miner.ts";

/** Dense mining with the encoder in training (ANCE, arXiv 2007.00808), as an entry of the registry. */
export const MODEL: MinerPart<"model"> = {
  ...DENSE,
  name: "model",
  about: "the nearest documents by the encoder in training",
};
