import { checkOptions } from "../core/options.ts";
import { join, resolve } from "node:path";
import { writeFolder } from "../core/write_folder.ts";
import { writeTable } from "../files/arrow/ipc.ts";
import { writeJsonl } from "../files/jsonl.ts";
import { writeParquet } from "../files/parquet/write_parquet.ts";
import type { Schema } from "../tables/schema.ts";

import type { Table } from "../tables/table.ts";
import { inspect } from "./findings.ts";
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
 * `collection.json` with origin, digest, sizes and findings, which a later load takes from there while no file changes. The folder is written completely or not at all.
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
    // What a later load would find and hash again.
    const { findings } = inspect(collection);
    const bytes = await sizesIn(temporary);
    const manifest = { origin, digest, bytes, findings };
    await Deno.writeTextFile(join(temporary, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  }, { doing: "convert the collection" });
}

/** Sizes of the files of a folder and its subfolders by path, with forward slashes. */
async function sizesIn(folder: string): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  const visit = async (below: string) => {
    for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
      const path = below === "" ? name : `${below}/${name}`;
      if (isDirectory) await visit(path);
      else sizes[path] = (await Deno.stat(join(folder, path))).size;
    }
  };
  await visit("");
  return sizes;
}
