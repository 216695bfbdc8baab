import { checkOptions } from "../core/options.ts";
import { join, resolve } from "node:path";
import { writeFolder } from "../core/write_folder.ts";
import { writeTable } from "../files/arrow/ipc.ts";
import { writeJsonl } from "../files/jsonl.ts";
import { writeParquet } from "../files/parquet/write_parquet.ts";
import type { Schema } from "../tables/schema.ts";

import type { Table } from "../tables/table.ts";
import { writeQrels } from "../trec/trec.ts";
import type { Collection } from "./types.ts";

/**
 * Formats a collection can be stored in.
 *
 * @category Collections
 */
export const COLLECTION_FORMATS = ["arrow", "parquet", "beir"] as const;
/**
 * One of {@link COLLECTION_FORMATS}; `beir` is JSONL and tab-separated judgments.
 *
 * @category Collections
 */
export type CollectionFormat = typeof COLLECTION_FORMATS[number];

/** The file that describes a converted folder. */
export const MANIFEST = "collection.json";

/**
 * Writes a collection into a new folder that {@link loadCollection} reads: `corpus`, `queries`, `qrels/<split>` and
 * `collection.json` with origin and digest. The folder is written completely or not at all.
 *
 * @throws {KitError} if the folder exists.
 *
 * @example
 * ```ts
 * import { convertCollection, loadCollection } from "@syneg/kit";
 * const folder = `${await Deno.makeTempDir()}/facets`;
 * await convertCollection(await loadCollection("facets"), folder, { format: "parquet" });
 * console.log((await loadCollection(folder)).corpus.length); // 756
 * ```
 *
 * @category Collections
 */
export async function convertCollection(
  collection: Collection,
  folder: string,
  options: { /** @default {"arrow"} */ format?: CollectionFormat } = {},
): Promise<void> {
  checkOptions("convertCollection", options, { format: "string" });
  const { format = "arrow" } = options;
  const ending = format === "beir" ? "jsonl" : format;
  await writeFolder(resolve(folder), async (temporary) => {
    const save = <S extends Schema>(path: string, table: Table<S>) => {
      const whole = join(temporary, `${path}.${ending}`);
      if (format === "arrow") return writeTable(whole, table);
      return format === "parquet" ? writeParquet(whole, table) : writeJsonl(whole, table, { names: { id: "_id" } });
    };
    await save("corpus", collection.corpus);
    await save("queries", collection.queries);
    for (const [split, table] of Object.entries(collection.qrels)) {
      if (format === "beir") await writeQrels(join(temporary, "qrels", `${split}.tsv`), table);
      else await save(`qrels/${split}`, table);
    }
    const { name, origin = name, digest } = collection;
    await Deno.writeTextFile(join(temporary, MANIFEST), `${JSON.stringify({ origin, digest }, null, 2)}\n`);
  }, { doing: "convert the collection" });
}
