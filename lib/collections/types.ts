import type { Finding } from "../files/finding.ts";
import type { CORPUS, QRELS, QUERIES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";

/**
 * Documents, queries and judgments that belong together.
 *
 * @category Collections
 */
export interface Collection {
  /** Its name or path, as given. */
  readonly name: string;
  /** Where it came from, exactly: a path, or the hub's repositories with their commits; {@link loadCollection} takes it. */
  readonly origin?: string;
  /** What is searched. */
  readonly corpus: Table<typeof CORPUS>;
  /** The queries. */
  readonly queries: Table<typeof QUERIES>;
  /** Judgments by split: train, dev, test, and any other split by its own name (facets has `complete`). */
  readonly qrels: Readonly<Record<string, Table<typeof QRELS>>>;
  /** sha256 over all the rows, the same however the collection was stored. */
  readonly digest: string;
  /** Anomalies: counted and reported, never silently repaired. */
  readonly findings: readonly Finding[];
  /** Which files were read, by table; unset if the collection was made in memory. */
  readonly files?: CollectionPaths;
}

/**
 * Paths of the files that a collection was read from, relative to its origin.
 *
 * @category Collections
 */
export interface CollectionPaths {
  /** Of the documents. */
  readonly corpus: readonly string[];
  /** Of the queries. */
  readonly queries: readonly string[];
  /** Of the judgments, by split. */
  readonly qrels: Readonly<Record<string, readonly string[]>>;
}
