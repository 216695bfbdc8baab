import { DISPLAY, INSPECT } from "../core/display.ts";
import { ArgumentError } from "../core/errors.ts";
import { nearest, suggestion } from "../core/nearest.ts";
import type { Finding } from "../files/finding.ts";
import { gradesByQuery } from "../tables/grades_by_query.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import type { CORPUS, QRELS, QUERIES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { describe } from "./describe.ts";
import { digestCollection } from "./digest_collection.ts";
import type { Passage } from "./passage.ts";
import type { Collection, CollectionPaths } from "./types.ts";

/**
 * What a {@link LoadedCollection} is made of.
 *
 * @category Collections
 */
export type CollectionParts =
  & Pick<Collection, "name" | "corpus" | "queries" | "qrels">
  & Partial<Pick<Collection, "origin" | "digest" | "findings" | "files">>;

/** Judgments of a collection by split, read once. */
type Grades = Map<string, ReadonlyMap<string, ReadonlyMap<string, number>>>;

/**
 * A collection with look-ups by id. It shows itself as `deno task data` prints it.
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const [id] = facets.positives("q0004");
 * console.log(facets.query("q0004"), facets.passage(id).title, facets.grade("q0004", id));
 * ```
 * @category Collections
 */
export class LoadedCollection implements Collection {
  /** Its name or path, as given. */
  readonly name: string;
  /** Where it came from, exactly. */
  readonly origin?: string;
  /** What is searched. */
  readonly corpus: Table<typeof CORPUS>;
  /** The queries. */
  readonly queries: Table<typeof QUERIES>;
  /** Judgments by split. */
  readonly qrels: Readonly<Record<string, Table<typeof QRELS>>>;
  /** sha256 over all the rows, the same however the collection was stored. */
  readonly digest: string;
  /** Irregularities, with counts and examples. */
  readonly findings: readonly Finding[];
  /** Which files were read, by table; unset if it was made in memory. */
  readonly files?: CollectionPaths;
  readonly #grades: Grades = new Map();

  /** A collection of tables, loaded or made in memory. */
  constructor({ name, origin, corpus, queries, qrels, digest, findings = [], files }: CollectionParts) {
    this.name = name;
    if (origin !== undefined) this.origin = origin;
    this.corpus = corpus;
    this.queries = queries;
    this.qrels = qrels;
    this.digest = digest ?? digestCollection({ corpus, queries, qrels });
    this.findings = findings;
    if (files !== undefined) this.files = files;
  }

  /**
   * Text of a query.
   *
   * @throws {ArgumentError} if there is no such query.
   */
  query(id: string): string {
    return this.queries.column("text").at(rowOf(rowsById(this.queries), id, { what: "query", of: this.name }));
  }

  /**
   * Title and text of a document.
   *
   * @throws {ArgumentError} if there is no such document.
   */
  passage(id: string): Passage {
    const row = rowOf(rowsById(this.corpus), id, { what: "document", of: this.name });
    return { title: this.corpus.column("title").at(row), text: this.corpus.column("text").at(row) };
  }

  /**
   * Ids of the documents that answer a query, the highest grade first.
   *
   * @param split Whose judgments. Omit for `complete` if there is such a split, otherwise all of them.
   * @throws {ArgumentError} if there is no such query or split.
   */
  positives(query: string, split?: string): string[] {
    rowOf(rowsById(this.queries), query, { what: "query", of: this.name });
    const known = [...this.#judged(query, split)].filter(([, grade]) => grade > 0);
    return known.sort(([, a], [, b]) => b - a).map(([document]) => document);
  }

  /**
   * Grade of a document for a query; 0 if it is not judged.
   *
   * @param split Whose judgments. Omit for `complete` if there is such a split, otherwise all of them.
   * @throws {ArgumentError} if there is no such query, document or split.
   */
  grade(query: string, document: string, split?: string): number {
    rowOf(rowsById(this.queries), query, { what: "query", of: this.name });
    rowOf(rowsById(this.corpus), document, { what: "document", of: this.name });
    return this.#judged(query, split).get(document) ?? 0;
  }

  #judged(query: string, split?: string): ReadonlyMap<string, number> {
    const splits = Object.keys(this.qrels);
    if (split !== undefined && !splits.includes(split)) {
      throw new ArgumentError(`Unknown split "${split}" of ${this.name}: ${suggestion(split, splits)}`);
    }
    const wanted = split !== undefined ? [split] : splits.includes("complete") ? ["complete"] : splits;
    const found = new Map<string, number>();
    for (const name of wanted) {
      let grades = this.#grades.get(name);
      if (!grades) this.#grades.set(name, grades = gradesByQuery(this.qrels[name]));
      for (const [document, grade] of grades.get(query) ?? []) {
        found.set(document, Math.max(grade, found.get(document) ?? grade));
      }
    }
    return found;
  }

  /** Counts, splits, lengths and findings, for a notebook. */
  [DISPLAY](): Record<string, string> {
    return { "text/plain": String(describe(this)) };
  }

  /** The same, for `console.log`. */
  [INSPECT](): string {
    return String(describe(this));
  }
}

function rowOf(rows: ReadonlyMap<string, number>, id: string, place: { what: string; of: string }): number {
  const row = rows.get(id);
  if (row !== undefined) return row;
  const near = nearest(id, rows.keys());
  const [first] = rows.keys();
  const hint = near.length > 0
    ? suggestion(id, near)
    : `it has ${rows.size.toLocaleString("en")}, the first is "${first}"`;
  throw new ArgumentError(`Unknown ${place.what} "${id}" of ${place.of}: ${hint}`);
}
