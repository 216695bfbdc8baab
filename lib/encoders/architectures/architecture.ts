import type { OptionSchema, Part } from "../../core/registry.ts";
import type { Tensor } from "../../graph/graph.ts";
import type { Layout, Network, Places } from "../blocks/network.ts";
import type { TransformerShape } from "../blocks/shape.ts";
import type { Config } from "../config.ts";

/**
 * A family of checkpoints: how it is built of the blocks, and how its files name settings and tensors.
 *
 * @category Encoders
 */
export interface Architecture {
  /** Reads the shape from config.json, and refuses what the builder does not compute. */
  shape(config: Config): TransformerShape;
  /** From rows of the token table to what the first layer takes, `[rows, width]`. */
  embed(network: Network, words: Tensor, places: Places): Tensor;
  /** All layers: `[rows, width]` to `[rows, width]`. */
  layers(network: Network, x: Tensor, layout: Layout): Tensor;
  /** Possible prefixes of all tensor names; the first is written. */
  readonly prefixes: readonly string[];
  /** Class name for config.json's `architectures`. */
  readonly className: string;
  /** Names of the tensors in the checkpoint by those of the builder's parameters, with `{i}` for a layer's number. */
  readonly tensors: Readonly<Record<string, string>>;
}

/**
 * Entry of the registry of architectures; its name is config.json's `model_type`.
 *
 * @category Encoders
 */
export type ArchitecturePart = Part<string, OptionSchema, readonly [], Architecture>;
