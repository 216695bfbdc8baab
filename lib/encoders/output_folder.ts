import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";

/** Files of which a model's folder has one. */
const MODEL = ["modules.json", "config.json", "model.safetensors"];

/**
 * The folder of a model that `path` means: `path` itself, the `encoder` of a training's output, or the only one of an
 * experiment's `encoders`.
 *
 * @throws {KitError} if an experiment kept several encoders, with their names.
 */
export async function modelFolder(path: string): Promise<string> {
  for (const file of MODEL) if (await exists(join(path, file))) return path;
  if (await exists(join(path, "encoder"))) return join(path, "encoder");
  const kept = join(path, "encoders");
  if (!await exists(kept)) return path;
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(kept)) if (isDirectory) names.push(name);
  if (names.length === 1) return join(kept, names[0]);
  throw new KitError(
    names.length === 0
      ? "Cannot load an encoder: the experiment kept none; run it with --keep best"
      : `Cannot load an encoder: the experiment kept several; name one of ${names.sort().join(", ")}`,
    { file: kept },
  );
}
