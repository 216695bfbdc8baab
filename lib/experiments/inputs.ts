import { join } from "node:path";
import { exists, KitError, sha256File } from "../core/mod.ts";
import type { Collection } from "../collections/mod.ts";
import type { TrainableEncoder } from "../encoders/mod.ts";
import { filteredFile, hasFilters } from "./arm_negatives.ts";
import type { Transfer } from "./load_inputs.ts";
import type { RunFolder } from "./run_folder.ts";
import type { Arm } from "./types.ts";

/** Name of the file of {@link Inputs} in a run folder. */
export const INPUTS = "inputs.json";

/** Digests of a run's inputs by name. */
export type Inputs = Record<string, string>;

/** Name of a transfer collection among the inputs. */
export function transferInput({ name, split }: Transfer): string {
  return `transfer ${name} ${split}`;
}

/** What a cell has loaded. */
export interface FoundInputs {
  collection: Collection;
  /** Omit for arms without an encoder, or with prompts of their own, which are part of its fingerprint. */
  encoder?: TrainableEncoder;
  /** The arm, if it is trained. */
  arm?: Arm;
  transfers?: readonly Transfer[];
}

/**
 * Checks that the inputs of a cell are those that the run began with.
 *
 * @throws {KitError} with the first input that has changed, or if the run is not prepared.
 */
export async function checkInputs(run: RunFolder, found: FoundInputs): Promise<void> {
  const file = join(run.path, INPUTS);
  if (!await exists(file)) {
    throw new KitError("Cannot run a cell: the run is not prepared; use `experiment resume`", { file });
  }
  const inputs: Inputs = JSON.parse(await Deno.readTextFile(file));
  const now: Inputs = {
    collection: found.collection.digest,
    ...found.encoder ? { encoder: found.encoder.fingerprint("document") } : {},
    ...found.arm ? await negativesOf(run, found.arm) : {},
    ...Object.fromEntries((found.transfers ?? []).map((each) => [transferInput(each), each.collection.digest])),
  };
  for (const [name, digest] of Object.entries(now)) {
    if (digest === inputs[name]) continue;
    throw new KitError(
      `Cannot continue the run: its ${name} has changed since it began (${inputs[name]?.slice(0, 12)} then, ` +
        `${digest.slice(0, 12)} now). Start another run`,
      { file },
    );
  }
}

async function negativesOf(run: RunFolder, arm: Arm): Promise<Inputs> {
  if (!hasFilters(arm)) return { negatives: await sha256File(join(run.path, "negatives.arrow")) };
  return { [`negatives of ${arm.name}`]: await sha256File(join(run.path, filteredFile(arm))) };
}
