import { ArgumentError } from "../../core/errors.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { Collection } from "../../collections/types.ts";
import { readTable } from "../../files/arrow/ipc.ts";
import { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { FormatName } from "./formats.ts";
import { importNegatives } from "./import_negatives.ts";
import { negativesFormat } from "./negatives_format.ts";

/**
 * Options of {@link readNegatives}.
 *
 * @category Negatives
 */
export interface ReadNegativesOptions {
  /** Collection that they belong to, to find passages by their text. Needed for files of other libraries. */
  collection?: Collection;
  /** Format of the file. Omit to go by the extension: `.arrow`, `.jsonl` for FlagEmbedding, `.parquet` for triplets. */
  format?: FormatName | "arrow";
}

const READ_OPTIONS: OptionKinds<ReadNegativesOptions> = { collection: "object", format: "string" };

/**
 * Reads negatives from a file: the kit's own table (`.arrow`), or rows that another library wrote.
 *
 * @throws {ArgumentError} for an unknown extension, and for rows of another library without their collection.
 * @throws {KitError} if the file is broken.
 *
 * @example
 * ```ts
 * import { loadCollection, mine, readNegatives, writeTable } from "@syneg/kit";
 * const path = `${await Deno.makeTempDir()}/bm25.arrow`;
 * await writeTable(path, await mine(await loadCollection("facets"), { source: "bm25", depth: 2 }));
 * console.log((await readNegatives(path)).length);
 * ```
 * @category Negatives
 */
export async function readNegatives(
  path: string,
  options: ReadNegativesOptions = {},
): Promise<Table<typeof NEGATIVES>> {
  checkOptions<ReadNegativesOptions>("readNegatives", options, READ_OPTIONS);
  const format = negativesFormat(path, options.format);
  if (format === "arrow") return await readTable(path, NEGATIVES);
  if (!options.collection) {
    throw new ArgumentError(`Cannot read ${format} without the collection: pass it as the option collection`, {
      field: "collection",
    });
  }
  return (await importNegatives(path, { format, collection: options.collection })).negatives;
}
