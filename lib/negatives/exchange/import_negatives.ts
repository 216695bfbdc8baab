import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError, KitError } from "../../core/errors.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { Collector } from "./collector.ts";
import { type FormatName, FORMATS } from "./formats.ts";
import { eachRow } from "./records.ts";
import { Resolver } from "./resolver.ts";

/**
 * Options of {@link importNegatives}.
 *
 * @category Negatives
 */
export interface ImportOptions {
  /** Format of the file. */
  format: FormatName;
  /**
   * Collection that the negatives are for. Queries and passages are found by id, else by text (`equalText`); a passage
   * that it lacks is kept as a written one. Omit to make a collection of the file itself.
   */
  collection?: Collection;
}

/**
 * Negatives and the collection that they belong to.
 *
 * @category Negatives
 */
export interface ImportedNegatives {
  /** The collection given, or one made of the file. */
  readonly collection: Collection;
  /** The negatives of the file. */
  readonly negatives: Table<typeof NEGATIVES>;
}

const IMPORT_OPTIONS: OptionKinds<ImportOptions> = { format: "string", collection: "object" };

/**
 * Reads negatives that another library wrote, from JSON lines or Parquet by the ending of `path`. Without a collection,
 * one is made of the file: its passages are the corpus, its positives the split `train`.
 *
 * @throws {ArgumentError} for an unknown format or ending, and for GPL's lists without a collection: they hold ids only.
 * @throws {KitError} on a broken record, with file, line and field; on a query or id that the collection lacks.
 *
 * @example
 * ```ts
 * import { exportNegatives, importNegatives, loadCollection, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const path = `${await Deno.makeTempDir()}/train.jsonl`;
 * const mined = await mine(facets, { source: "bm25", depth: 2 });
 * await exportNegatives(path, mined, { collection: facets, format: "tevatron" });
 * const { negatives } = await importNegatives(path, { format: "tevatron", collection: facets });
 * console.log(negatives.length);
 * ```
 * @category Negatives
 */
export async function importNegatives(
  path: string,
  options: ImportOptions,
): Promise<ImportedNegatives> {
  checkOptions<ImportOptions>("importNegatives", options, IMPORT_OPTIONS);
  const { format, collection } = options;
  const { read } = FORMATS.make(format);
  if (format === "gpl" && !collection) {
    throw new ArgumentError("GPL's lists need a collection: they hold document ids only", { field: "collection" });
  }
  const reader = collection ? new Resolver(collection) : new Collector(path, format);
  let examples = 0;
  await eachRow(path, (row, place) => {
    const fail = (field: string, wanted: string): never => {
      const found = JSON.stringify(row[field], (_, value) => typeof value === "bigint" ? String(value) : value);
      throw new KitError(`Cannot read ${format}: found ${found?.slice(0, 60) ?? "nothing"}, wanted ${wanted}`, {
        ...place,
        field,
      });
    };
    reader.add(read(row, fail), place);
    examples++;
  });
  if (examples === 0) throw new KitError("Cannot import negatives: the file holds no rows", { file: path });
  return reader.finish();
}
