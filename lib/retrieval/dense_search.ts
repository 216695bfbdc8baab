import { ArgumentError } from "../core/errors.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { Vectors } from "../encoders/types.ts";
import { RUN } from "../tables/schema.ts";
import type { Schema } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { type Ids, idsOf } from "./ids.ts";
import { type DocumentVectors, searchVectors, type SearchVectorsOptions } from "./search_vectors.ts";

/**
 * Options of {@link denseSearch}.
 *
 * @category Retrieval
 */
export interface DenseSearchOptions
  extends Pick<SearchVectorsOptions, "depth" | "blockSize" | "threads" | "progress" | "signal"> {
  /** Ids of queries and documents by row: tables with an `id` column, or lists. */
  ids: { queries: Table<Schema> | readonly string[]; documents: Table<Schema> | readonly string[] };
  /** Document ids to leave out, by query id: its positives, for mining. */
  excluded?: ReadonlyMap<string, Iterable<string>>;
}

const DENSE_SEARCH_OPTIONS: OptionKinds<DenseSearchOptions> = {
  depth: "number",
  blockSize: "number",
  threads: "number",
  ids: "object",
  excluded: "object",
  progress: "object",
  signal: "object",
};

/**
 * Exact dense retrieval: for every query the documents with the largest inner products (cosines, for vectors of length
 * 1), ties by **descending** document id. Documents pass through ONNX Runtime in blocks and may come as a stream.
 *
 * @throws {ArgumentError} if dimensions differ, or the number of ids does not match the number of vectors.
 *
 * @example
 * ```ts
 * import { denseSearch } from "@syneg/kit";
 * const queries = { data: Float32Array.of(1, 0), length: 1, dimension: 2 };
 * const documents = { data: Float32Array.of(0, 1, 0.8, 0.6), length: 2, dimension: 2 };
 * const run = await denseSearch(queries, documents, { depth: 1, ids: { queries: ["q"], documents: ["d1", "d2"] } });
 * console.log(run.row(0).doc_id); // d2
 * ```
 *
 * @category Retrieval
 */
export async function denseSearch(
  queries: Vectors,
  documents: DocumentVectors,
  options: DenseSearchOptions,
): Promise<Table<typeof RUN>> {
  checkOptions<DenseSearchOptions>("denseSearch", options, DENSE_SEARCH_OPTIONS);
  const { excluded, ids, ...rest } = options;
  const queryIds = idsOf(ids.queries);
  const documentIds = idsOf(ids.documents);
  if (queryIds.length !== queries.length) {
    throw new ArgumentError(`Cannot search: found ${queries.length} queries and ${queryIds.length} query ids`);
  }
  if ("data" in documents && documentIds.length !== documents.length) {
    throw new ArgumentError(`Cannot search: found ${documents.length} documents and ${documentIds.length} ids`);
  }
  const hits = await searchVectors(queries, documents, {
    ...rest,
    compareIds: documentIds.compare,
    excluded: excluded?.size ? excludedRows(excluded, queryIds, documentIds) : undefined,
  });
  const builder = new TableBuilder(RUN);
  hits.forEach(({ rows, scores }, query) => {
    const query_id = queryIds.at(query);
    for (let i = 0; i < rows.length; i++) {
      builder.append({ query_id, doc_id: documentIds.at(rows[i]), rank: i + 1, score: scores[i] });
    }
  });
  return builder.finish();
}

/** Excluded ids as rows: of a query by its row, the documents by theirs. */
function excludedRows(
  excluded: ReadonlyMap<string, Iterable<string>>,
  queries: Ids,
  documents: Ids,
): (query: number) => ReadonlySet<number> | undefined {
  const named = new Set([...excluded.values()].flatMap((ids) => [...ids]));
  const rows = new Map<string, number[]>();
  for (let row = 0; row < documents.length; row++) {
    const id = documents.at(row);
    if (named.has(id)) rows.set(id, [...rows.get(id) ?? [], row]);
  }
  const sets = new Map<string, ReadonlySet<number>>();
  for (const [query, ids] of excluded) sets.set(query, new Set([...ids].flatMap((id) => rows.get(id) ?? [])));
  return (query) => sets.get(queries.at(query));
}
