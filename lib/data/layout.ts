import { KitError } from "../core/errors.ts";
import { eachRecord } from "./jsonl.ts";
import type { ReadOptions } from "./lines.ts";
import { readQrelsText } from "./qrels.ts";
import { documentOf, queryOf } from "./records.ts";
import { CORPUS, type QRELS, QUERIES } from "./schema.ts";
import type { FileTree } from "./source.ts";
import type { Table } from "./table.ts";
import { TableBuilder } from "./table_builder.ts";
import type { Collection, Finding } from "./types.ts";

export type Tables = Pick<Collection, "corpus" | "queries" | "qrels">;

/** Reads a BEIR folder. */
export async function readLayout(
  tree: FileTree,
  options: ReadOptions,
): Promise<{ tables: Tables; findings: Finding[] }> {
  const source = (path: string) => {
    const found = tree.files.get(path);
    if (!found) throw new KitError(`Cannot load a collection: ${path} is missing`, { file: tree.name });
    return found;
  };
  const corpus = new TableBuilder(CORPUS);
  await eachRecord(source("corpus.jsonl"), (record, place) => corpus.append(documentOf(record, place)), options);
  const queries = new TableBuilder(QUERIES);
  await eachRecord(source("queries.jsonl"), (record, place) => queries.append(queryOf(record, place)), options);
  const qrels: Record<string, Table<typeof QRELS>> = {};
  const splits = [...tree.files.keys()].flatMap((path) => /^qrels\/([^/]+)\.tsv$/.exec(path)?.[1] ?? []);
  for (const split of inOrder(splits)) qrels[split] = await readQrelsText(source(`qrels/${split}.tsv`), options);
  return { tables: { corpus: corpus.finish(), queries: queries.finish(), qrels }, findings: [] };
}

/** train, dev, test, then the others by name. */
function inOrder(splits: readonly string[]): string[] {
  const first = ["train", "dev", "test"];
  const rank = (split: string) => first.includes(split) ? `${first.indexOf(split)}` : `9${split}`;
  return splits.toSorted((a, b) => rank(a) < rank(b) ? -1 : 1);
}
