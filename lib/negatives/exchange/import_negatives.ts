import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError, KitError } from "../../core/errors.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { Collector } from "./collector.ts";
import { formatOf } from "./export_negatives.ts";
import type { FormatName } from "./formats.ts";
import { eachRow } from "./records.ts";
import { Resolver } from "./resolver.ts";

/** Options of {@link importNegatives}. */
export interface ImportOptions {
  format: FormatName;
  /**
   * Collection that the negatives are for: queries and passages are found by id, else by text (`equalText`); a passage
   * that it lacks is kept as a written one. @default a collection is made of the file itself
   */
  collection?: Collection;
}

const IMPORT_OPTIONS: OptionKinds<ImportOptions> = { format: "string", collection: "object" };

/**
 * Reads negatives in the form of another library, from JSON lines or Parquet by the ending of `path`. Without a
 * collection, one is made of the file: its passages are the corpus, its positives the split `train`.
 *
 * @throws {ArgumentError} for an unknown format or ending, and for GPL's lists without a collection (they hold ids alone).
 * @throws {KitError} on a broken record, with file, line and field; on a query or id that the collection lacks.
 */
export async function importNegatives(
  path: string,
  options: ImportOptions,
): Promise<{ collection: Collection; negatives: Table<typeof NEGATIVES> }> {
  checkOptions<ImportOptions>("importNegatives", options, IMPORT_OPTIONS);
  const { format, collection } = options;
  const { read } = formatOf(format);
  if (format === "gpl" && !collection) {
    throw new ArgumentError("Cannot import GPL's lists without a collection: they hold document ids alone");
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
  if (examples === 0) throw new KitError("Cannot import negatives: the file holds none", { file: path });
  return reader.finish();
}
