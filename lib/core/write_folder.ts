import { KitError } from "./errors.ts";
import { exists, fileError } from "./files.ts";

/** Options of {@link writeFolder}. */
export interface WriteFolderOptions {
  /**
   * Replace an existing folder.
   *
   * @default {false}
   */
  overwrite?: boolean;
  /**
   * What the folder is written for, as the error says it.
   *
   * @default {"write"}
   */
  doing?: string;
}

let serial = 0;

/**
 * Writes a folder whole or not at all: `write` fills a temporary folder beside it, which is renamed when all is written.
 * On an error the temporary folder is removed, and what had the name before is untouched.
 *
 * @throws {KitError} if the folder exists and `overwrite` is not set, or the disk refuses.
 *
 * @example
 * ```ts
 * import { writeFolder } from "./write_folder.ts";
 * const folder = `${await Deno.makeTempDir()}/made`;
 * await writeFolder(folder, (temporary) => Deno.writeTextFile(`${temporary}/a.txt`, "a"));
 * ```
 */
export async function writeFolder(
  folder: string,
  write: (temporary: string) => Promise<void>,
  { overwrite = false, doing = "write" }: WriteFolderOptions = {},
): Promise<void> {
  const refuse = async () => {
    if (!overwrite && await exists(folder)) {
      throw new KitError(`Cannot ${doing}: a folder of this name exists`, { file: folder });
    }
  };
  await refuse();
  const temporary = `${folder}.${Deno.pid}-${serial++}.part`;
  const old = `${temporary}.old`;
  try {
    await Deno.mkdir(temporary, { recursive: true });
    await write(temporary);
    await refuse();
    if (await exists(folder)) await Deno.rename(folder, old);
    try {
      await Deno.rename(temporary, folder);
    } catch (error) {
      await Deno.rename(old, folder).catch(() => {});
      throw error;
    }
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    throw fileError(doing, folder, error);
  }
  if (await exists(old)) await Deno.remove(old, { recursive: true });
}
