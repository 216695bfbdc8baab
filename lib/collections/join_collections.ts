import { ArgumentError } from "../core/errors.ts";
import { CORPUS, NEGATIVES, QRELS, QUERIES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { digestCollection } from "./digest_collection.ts";
import type { Collection } from "./types.ts";

/** Field of the queries' and documents' metadata that names the collection they come from. */
const FIELD = "collection";

/**
 * Joins collections into one, to train on all of them. Ids become `name/id`; the metadata of queries and documents names
 * the collection, so that `train` can keep batches apart: `groups: { field: "collection" }`. A split has the judgments of
 * every collection that has it.
 *
 * @throws {ArgumentError} if there is no collection, or a name is empty or has a slash.
 *
 * @example
 * ```ts
 * import { joinCollections, loadCollection } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const both = joinCollections({ a: facets, b: facets });
 * console.log(both.corpus.length, both.queries.row(0).id); // 1512 a/q0001
 * ```
 *
 * @category Collections
 */
export function joinCollections(parts: Readonly<Record<string, Collection>>): Collection {
  const entries = named(parts);
  const corpus = new TableBuilder(CORPUS);
  const queries = new TableBuilder(QUERIES);
  const qrels = new Map<string, TableBuilder<typeof QRELS>>();
  for (const [name, part] of entries) {
    for (const row of part.corpus.rows()) {
      corpus.append({ ...row, id: `${name}/${row.id}`, metadata: marked(row.metadata, name) });
    }
    for (const row of part.queries.rows()) {
      queries.append({ ...row, id: `${name}/${row.id}`, metadata: marked(row.metadata, name) });
    }
    for (const [split, table] of Object.entries(part.qrels)) {
      if (!qrels.has(split)) qrels.set(split, new TableBuilder(QRELS));
      for (const { query_id, doc_id, grade } of table.rows()) {
        qrels.get(split)!.append({ query_id: `${name}/${query_id}`, doc_id: `${name}/${doc_id}`, grade });
      }
    }
  }
  const tables = {
    corpus: corpus.finish(),
    queries: queries.finish(),
    qrels: Object.fromEntries([...qrels].map(([split, builder]) => [split, builder.finish()])),
  };
  const findings = entries.flatMap(([, part]) => part.findings);
  const name = entries.map(([one]) => one).join("+");
  return { name, ...tables, digest: digestCollection(tables), findings };
}

/**
 * Joins the negatives of collections as {@link joinCollections} joins the collections.
 *
 * @throws {ArgumentError} if there is no table, or a name is empty or has a slash.
 *
 * @example
 * ```ts
 * import { joinNegatives, tableOf } from "@syneg/kit";
 * import { NEGATIVES } from "@syneg/kit/tables";
 * const negatives = tableOf(NEGATIVES, [{ query_id: "q", doc_id: "d", source: "bm25", verdict: "kept" }]);
 * console.log(joinNegatives({ a: negatives }).row(0).doc_id); // a/d
 * ```
 *
 * @category Collections
 */
export function joinNegatives(parts: Readonly<Record<string, Table<typeof NEGATIVES>>>): Table<typeof NEGATIVES> {
  const builder = new TableBuilder(NEGATIVES);
  for (const [name, table] of named(parts)) {
    for (const row of table.rows()) {
      const doc_id = row.doc_id === null ? null : `${name}/${row.doc_id}`;
      builder.append({ ...row, query_id: `${name}/${row.query_id}`, doc_id });
    }
  }
  return builder.finish();
}

function named<T>(parts: Readonly<Record<string, T>>): [string, T][] {
  const entries = Object.entries(parts ?? {});
  if (entries.length === 0) throw new ArgumentError("Cannot join: no collection is given");
  for (const [name] of entries) {
    if (name === "" || name.includes("/")) {
      throw new ArgumentError(`Cannot join a collection named "${name}": wanted a name without a slash`);
    }
  }
  return entries;
}

function marked(metadata: string | null, name: string): string {
  return JSON.stringify({ ...JSON.parse(metadata ?? "{}"), [FIELD]: name });
}
