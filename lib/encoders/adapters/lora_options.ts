import type { OptionKinds } from "../../core/options.ts";

/**
 * Options of LoRA (Hu et al., arXiv 2106.09685): beside each chosen matrix W, which stays as it is, two narrow ones are
 * trained, so that the product is with W + alpha / rank x B A.
 *
 * @category Encoders
 */
export interface LoraOptions {
  /**
   * Width between the two matrices.
   * @default {8}
   */
  rank?: number;
  /** Weight of their product, which is divided by the rank. Omit for 2 x rank. */
  alpha?: number;
  /**
   * Dropout probability of what the first matrix takes, in training.
   * @default {0}
   */
  dropout?: number;
  /**
   * Matrices that get an adapter, by the end of their names in the checkpoint, as in peft: "query", "q_proj", "Wqkv".
   * "all-linear" is every matrix of the layers.
   * @default {["all-linear"]}
   */
  targets?: readonly string[];
  /**
   * Seed of the first matrix; the second one begins with zeros.
   * @default {0}
   */
  seed?: number;
}

/** Kinds of {@link LoraOptions}. */
export const LORA_OPTIONS: OptionKinds<LoraOptions> = {
  rank: "number",
  alpha: "number",
  dropout: "number",
  targets: "array",
  seed: "number",
};
