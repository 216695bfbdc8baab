import { stopSignal } from "../../core/stop.ts";
import { checkCollection, checkNegatives } from "../../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError, checkCancelled, KitError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Passage } from "../../collections/passage.ts";
import type { NEGATIVES, Source } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { knownPositives } from "../../collections/known_positives.ts";
import { passagesOf } from "../../collections/passages.ts";
import { type Pool, poolOf, withNumbers } from "../pool.ts";
import { positivesOf } from "../../collections/positives.ts";
import { checkSource } from "../sampling/sampler.ts";
import type { Positives } from "../../collections/positives.ts";
import { decided } from "../rules/verdicts.ts";

/** A filter's word on one row. Rows without one stay kept. */
export interface Decision {
  readonly verdict: "dropped" | "relabeled";
  /** Rule and numbers, "rule: numbers"; the rule is one of the filter's. */
  readonly reason: string;
}

/** What filters read besides the rows. */
export interface FilterContext {
  readonly pool: Pool;
  readonly collection: Collection;
  readonly positives: Positives;
  /** Every document known to answer a query, relabeled ones of the table and those of equal queries among them. */
  readonly known: Positives;
  /** Passage of a row. */
  passage(row: number): Passage;
  /** Passage of a document of the corpus. */
  document(doc_id: string): Passage;
  /** Text of a query. */
  query(query_id: string): string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** One link of the chain: looks at rows that are still kept, in the table's order, and decides. */
export interface Filter {
  readonly name: string;
  /** The rules it may name in a reason, in the order in which it applies them. */
  readonly rules: readonly string[];
  /** Sources it works on; rows of others pass. @default all */
  readonly sources?: readonly Source[];
  /** Throws if it could not work on these rows; called for every link before the first one decides. */
  check?(rows: readonly number[], context: FilterContext): void;
  decide(
    rows: readonly number[],
    context: FilterContext,
  ): ReadonlyMap<number, Decision> | Promise<ReadonlyMap<number, Decision>>;
}

/** What every filter takes besides its own options. */
export interface FilterOptions {
  /** Sources to work on; rows of others pass. @default all */
  sources?: readonly Source[];
}

/** Kinds of {@link FilterOptions}. */
export const FILTER_OPTIONS: OptionKinds<FilterOptions> = { sources: "array" };

/** Options of {@link filter}. */
export interface FilterRunOptions {
  /** Split of the known positives. @default "train" */
  split?: string;
  progress?: Progress;
  signal?: AbortSignal;
}

/**
 * Sends the kept rows through a chain of filters. Nothing is removed: a row that a filter drops keeps its place with the
 * verdict, the rule and the numbers; later filters do not see it.
 *
 * @throws {ArgumentError} if a filter has nothing to work on: no rows of its sources, no scores.
 *
 * @example
 * ```ts
 * import { filter, loadCollection, mine, relativeMargin, waterfall } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const mined = await mine(facets, { source: "bm25", depth: 20 });
 * const negatives = await filter(mined, facets, [relativeMargin(0.05)]);
 * console.log(waterfall(negatives));
 * ```
 */
export async function filter(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  filters: readonly Filter[],
  options: FilterRunOptions = {},
): Promise<Table<typeof NEGATIVES>> {
  checkNegatives("filter", negatives);
  checkCollection("filter", collection);
  checkOptions<FilterRunOptions>("filter", options, { split: "string", progress: "object", signal: "object" });
  if (filters.length === 0) throw new ArgumentError("Cannot filter: the chain is empty");
  const context = filterContext(negatives, collection, options);
  let kept = [...context.pool.kept.values()].flat().sort((a, b) => a - b);
  if (kept.length === 0) {
    throw new ArgumentError(`Cannot filter: the pool is empty (${negatives.length} rows, none kept)`);
  }
  const decisions = new Map<number, Decision>();
  const own = (link: Filter) => kept.filter((row) => link.sources?.includes(context.pool.source(row)) ?? true);
  for (const link of filters) {
    link.sources?.forEach(checkSource);
    const rows = own(link);
    if (rows.length === 0) {
      throw new ArgumentError(`Cannot filter by ${link.name}: no kept row is of source ${link.sources?.join(" or ")}`);
    }
    link.check?.(rows, context);
  }
  for (const link of filters) {
    checkCancelled(context.signal, `filtering by ${link.name}`);
    for (const [row, decision] of await link.decide(own(link), context)) decisions.set(row, decision);
    kept = kept.filter((row) => !decisions.has(row));
  }
  return decided(negatives, decisions, filters.flatMap((link) => link.rules));
}

/** What a chain of filters reads, checked. */
export function filterContext(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  { split = "train", progress, signal }: FilterRunOptions = {},
): FilterContext {
  const positives = positivesOf(collection, { split });
  const pool = poolOf(negatives);
  let known: Positives | undefined;
  let texts: Map<string, number> | undefined;
  const queryTexts = collection.queries.column("text");
  const passages = passagesOf(negatives, collection.corpus);
  let rowOf: Map<string, number> | undefined;
  const [titles, bodies] = [collection.corpus.column("title"), collection.corpus.column("text")];
  for (const query_id of pool.kept.keys()) {
    if (!positives.has(query_id)) {
      throw new ArgumentError(`Cannot filter negatives of query "${query_id}": it has no positive in split "${split}"`);
    }
  }
  return {
    pool,
    collection,
    positives,
    get known() {
      return known ??= knownPositives(collection.queries, positivesOf(collection, { split, negatives }));
    },
    progress,
    signal: stopSignal(signal),
    passage: passages,
    document(doc_id) {
      rowOf ??= index(collection.corpus.column("id"));
      const row = rowOf.get(doc_id);
      if (row === undefined) throw new KitError(`Cannot read document "${doc_id}": it is not in the corpus`);
      return { title: titles.at(row), text: bodies.at(row) };
    },
    query(query_id) {
      texts ??= index(collection.queries.column("id"));
      const row = texts.get(query_id);
      if (row === undefined) throw new KitError(`Cannot read query "${query_id}": it is not in ${collection.name}`);
      return queryTexts.at(row);
    },
  };
}

function index(ids: Iterable<string>): Map<string, number> {
  const rows = new Map<string, number>();
  let row = 0;
  for (const id of ids) rows.set(id, row++);
  return rows;
}

/** A filter that decides row by row on numbers that every row must have; `reason` says why a row is dropped. */
export function rowFilter(
  name: string,
  { sources }: FilterOptions,
  needs: { what: string; read: (pool: Pool, row: number) => number },
  reason: (pool: Pool, row: number) => string | undefined,
): Filter {
  return {
    name,
    rules: [name],
    sources,
    check(rows, { pool }) {
      withNumbers(pool, rows, (row) => needs.read(pool, row), { work: `filter by ${name}`, what: needs.what });
    },
    decide(rows, { pool }) {
      const decisions = new Map<number, Decision>();
      for (const row of rows) {
        const found = reason(pool, row);
        if (found !== undefined) decisions.set(row, { verdict: "dropped", reason: found });
      }
      return decisions;
    },
  };
}
