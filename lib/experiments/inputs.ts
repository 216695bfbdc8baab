import { join } from "node:path";
import { exists, KitError, sha256File } from "../core/mod.ts";
import type { Collection } from "../collections/mod.ts";
import type { TrainableEncoder } from "../encoders/mod.ts";
import type { RunFolder } from "./run_folder.ts";

/** Name of the file of {@link Inputs} in a run folder. */
export const INPUTS = "inputs.json";

/** Digests of a run's inputs by name. */
export type Inputs = Record<string, string>;

/**
 * Checks that the inputs of a cell are those that the run began with.
 *
 * @throws {KitError} with the first input that has changed, or if the run is not prepared.
 */
export async function checkInputs(
  run: RunFolder,
  found: { collection: Collection; encoder?: TrainableEncoder; negatives?: boolean },
): Promise<void> {
  const file = join(run.path, INPUTS);
  if (!await exists(file)) {
    throw new KitError("Cannot run a cell: the run is not prepared; use `experiment resume`", { file });
  }
  const inputs: Inputs = JSON.parse(await Deno.readTextFile(file));
  const now: Inputs = {
    collection: found.collection.digest,
    ...found.encoder ? { encoder: found.encoder.fingerprint("document") } : {},
    ...found.negatives ? { negatives: await sha256File(join(run.path, "negatives.arrow")) } : {},
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
