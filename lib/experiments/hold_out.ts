import { join, resolve } from "node:path";
import type { Collection } from "../collections/mod.ts";
import { exists, KitError, suggestion } from "../core/mod.ts";
import { digestTable, selectRows } from "../tables/mod.ts";
import { KIT } from "./environment.ts";

/**
 * Queries that are taken out of a split to make another one.
 *
 * @category Experiments
 */
export interface HoldOut {
  /** The new split, such as `dev`. A collection that has it keeps its own. */
  split: string;
  /** The split that loses the queries, such as `train`. */
  from: string;
  /** File with the ids of the queries, one a line. */
  queries: string;
}

/**
 * The collection with a split of queries that are taken out of another one. A collection that has the split keeps its own.
 *
 * @throws {KitError} if the file is missing, or lists no query of the split that it takes from, or all of them.
 */
export async function holdOut(collection: Collection, { split, from, queries: file }: HoldOut): Promise<Collection> {
  const { name, qrels } = collection;
  if (Object.hasOwn(qrels, split)) return collection;
  if (!Object.hasOwn(qrels, from)) {
    throw new KitError(`Unknown split "${from}" of collection "${name}": ${suggestion(from, Object.keys(qrels))}`);
  }
  const path = await kitFile(file);
  const ids = new Set((await Deno.readTextFile(path)).split("\n").map((line) => line.trim()).filter(Boolean));
  const table = qrels[from];
  const query = table.column("query_id");
  const rows = Array.from({ length: table.length }, (_, row) => row);
  const held = selectRows(table, rows.filter((row) => ids.has(query.at(row))));
  const kept = selectRows(table, rows.filter((row) => !ids.has(query.at(row))));
  if (held.length === 0 || kept.length === 0) {
    const fault = held.length === 0 ? "none of its queries is" : "all queries are";
    throw new KitError(`Cannot hold out "${split}": ${fault} judged in "${from}" of "${name}"`, { file: path });
  }
  const digest = `${collection.digest}-${digestTable(held).slice(0, 16)}`;
  return { ...collection, digest, qrels: { ...qrels, [from]: kept, [split]: held } };
}

/** A file as named, or else as the kit ships it. */
export async function kitFile(path: string): Promise<string> {
  if (await exists(path)) return resolve(path);
  const shipped = join(KIT, path);
  if (await exists(shipped)) return shipped;
  throw new KitError("Cannot read a file of the configuration: it does not exist", { file: path });
}
