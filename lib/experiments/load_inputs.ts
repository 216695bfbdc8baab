import { KitError, suggestion } from "../core/mod.ts";
import { type Collection, loadCollection, withoutDangling } from "../collections/mod.ts";
import { holdOut } from "./hold_out.ts";
import { loadEncoder, type TrainableEncoder } from "../encoders/mod.ts";
import type { Arm, ExperimentConfig } from "./types.ts";

/** Loads the collection of a configuration, and checks that it has the splits. */
export async function collectionOf(config: ExperimentConfig, signal?: AbortSignal): Promise<Collection> {
  const loaded = await loadCollection(config.collection, { signal });
  const collection = config.holdOut ? await holdOut(loaded, config.holdOut) : loaded;
  for (const split of Object.values(config.splits)) checkSplit(collection, split);
  return withoutDangling(collection, config.splits.train).collection;
}

/** Loads the encoder of a configuration, untrained, with the prompts of an arm if it has its own. */
export function encoderOf(
  { encoder, prompts, train: { maxLength }, threads }: ExperimentConfig,
  { arm, ...options }: { arm?: Arm; cache?: string; sessions?: number } = {},
): Promise<TrainableEncoder> {
  return loadEncoder(encoder, {
    ...options,
    threads,
    prompts: arm?.prompts ?? prompts,
    ...(maxLength === null ? {} : { maxLength }),
  });
}

/** A collection that arms are scored on beside their own. */
export interface Transfer {
  /** As the configuration names it. */
  readonly name: string;
  readonly split: string;
  readonly collection: Collection;
}

/**
 * Loads the collections of `transfer`.
 *
 * @throws {KitError} if one lacks its split, or is named twice.
 */
export async function transfersOf(config: ExperimentConfig, signal?: AbortSignal): Promise<Transfer[]> {
  const found: Transfer[] = [];
  for (const each of config.transfer ?? []) {
    const { collection: name, split } = typeof each === "string"
      ? { collection: each, split: config.splits.test }
      : each;
    const collection = await loadCollection(name, { signal });
    checkSplit(collection, split);
    if (found.some((other) => other.name === name && other.split === split)) {
      throw new KitError(`Cannot transfer to "${name}", split "${split}", twice`);
    }
    found.push({ name, split, collection });
  }
  return found;
}

function checkSplit({ name, qrels }: Collection, split: string): void {
  if (Object.hasOwn(qrels, split)) return;
  throw new KitError(`Unknown split "${split}" of collection "${name}": ${suggestion(split, Object.keys(qrels))}`);
}
