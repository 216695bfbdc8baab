import { basename } from "node:path";
import { type Collection, joinCollections, joinNegatives, loadCollection } from "../collections/mod.ts";
import { ArgumentError } from "../core/errors.ts";
import { readTable } from "../files/mod.ts";
import { NEGATIVES, type Table } from "../tables/mod.ts";
import type { TrainFlags } from "./train_flags.ts";

/** What `deno task train` trains on. */
export interface TrainData {
  readonly collection: Collection;
  /** The collections that it joins, by name, if there are several. */
  readonly parts?: Readonly<Record<string, Collection>>;
  readonly negatives?: Table<typeof NEGATIVES>;
}

/**
 * Loads one collection, or joins several, with their negatives.
 *
 * @throws {ArgumentError} if two collections have one name, or there are not as many files of negatives as collections.
 */
export async function trainData(names: readonly string[], flags: TrainFlags, signal: AbortSignal): Promise<TrainData> {
  const { negatives: files, "collection-temperature": temperature } = flags;
  if (files.length > 0 && files.length !== names.length) {
    throw new ArgumentError(`--negatives must be given once per collection (${names.length}), found ${files.length}`);
  }
  if (names.length === 1 && temperature !== undefined) {
    throw new ArgumentError("--collection-temperature needs several collections");
  }
  const labels = names.map((name) => basename(name.replace(/[/\\]+$/, "")));
  const twice = labels.find((label, i) => labels.indexOf(label) < i);
  if (twice !== undefined) throw new ArgumentError(`Cannot train on two collections named "${twice}"`);
  const collections = await Promise.all(names.map((name) => loadCollection(name, { signal })));
  const tables = await Promise.all(files.map((file) => readTable(file, NEGATIVES)));
  if (names.length === 1) return { collection: collections[0], negatives: tables[0] };
  const parts = Object.fromEntries(labels.map((label, i) => [label, collections[i]]));
  const negatives = tables.length === 0
    ? undefined
    : joinNegatives(Object.fromEntries(labels.map((label, i) => [label, tables[i]])));
  return { collection: joinCollections(parts), parts, negatives };
}
