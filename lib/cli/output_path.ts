import { dirname, join } from "node:path";
import { KitError } from "../core/errors.ts";
import { exists, fileError } from "../core/files.ts";

/**
 * Checks before any work that a file can be written: the name is free or may be replaced, it is not a folder, and its
 * folder, or the nearest parent that exists, is writable.
 *
 * @throws {KitError} if it cannot.
 */
export async function checkOutputPath(
  path: string,
  { overwrite = false }: { overwrite?: boolean } = {},
): Promise<void> {
  if (await exists(path)) {
    if ((await Deno.stat(path)).isDirectory) throw new KitError("Cannot write: this is a folder", { file: path });
    if (!overwrite) {
      throw new KitError("Cannot write: a file of this name exists; --overwrite replaces it", { file: path });
    }
  }
  let folder = dirname(path);
  while (!await exists(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    if (!(await Deno.stat(folder)).isDirectory) {
      throw new KitError(`Cannot write: ${folder} is a file, not a folder`, { file: path });
    }
    const probe = join(folder, `.${crypto.randomUUID()}.part`);
    await Deno.writeFile(probe, new Uint8Array(0), { createNew: true });
    await Deno.remove(probe);
  } catch (error) {
    throw fileError("write", path, error);
  }
}
