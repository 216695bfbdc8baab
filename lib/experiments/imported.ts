import { ArgumentError, KitError } from "../core/mod.ts";
import type { Collection } from "../collections/mod.ts";
import { readTable } from "../files/mod.ts";
import { FORMATS, importNegatives } from "../negatives/mod.ts";
import { concatenate, NEGATIVES, selectRows, type Table, withColumns } from "../tables/mod.ts";
import type { ExperimentConfig } from "./types.ts";

type Negatives = Table<typeof NEGATIVES>;

/**
 * Candidates from the files of other tools, all of source `imported`, for the queries of the training split.
 *
 * @throws {ArgumentError} for a file that is not an Arrow table and has no format.
 * @throws {KitError} if a file cannot be read, or has no row for the training queries.
 */
export async function imported(config: ExperimentConfig, collection: Collection): Promise<Negatives> {
  const queries = new Set(collection.qrels[config.splits.train].column("query_id"));
  const tables: Negatives[] = [];
  for (const entry of config.negatives ?? []) {
    const table = await read(entry, collection);
    const query = table.column("query_id");
    const rows = Array.from({ length: table.length }, (_, row) => row).filter((row) => queries.has(query.at(row)));
    if (rows.length === 0) {
      throw new KitError(
        `Cannot use imported negatives: none of the ${table.length} rows is for a query of "${config.splits.train}"`,
        { file: typeof entry === "string" ? entry : entry.file },
      );
    }
    const own = selectRows(table, rows);
    tables.push(withColumns(own, { source: Array<string>(own.length).fill("imported") }));
  }
  return concatenate(tables);
}

async function read(entry: string | { file: string; format: string }, collection: Collection): Promise<Negatives> {
  if (typeof entry !== "string") {
    const format = FORMATS.get(entry.format).name;
    return (await importNegatives(entry.file, { format, collection })).negatives;
  }
  if (entry.endsWith(".arrow")) return await readTable(entry, NEGATIVES);
  throw new ArgumentError(
    `Cannot read negatives from ${entry}: it is no .arrow file, so that { "file": …, "format": … } must name its format, ` +
      `one of ${FORMATS.names.join(", ")}`,
  );
}
