import { withoutDangling } from "../collections/dangling.ts";
import type { Collection } from "../collections/types.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { checkOptions } from "../core/options.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import type { Pools, PromptInput } from "./recipe.ts";

/**
 * Which pairs of query and positive fill prompts.
 *
 * @category Generation
 */
export interface PromptInputOptions {
  /**
   * Split of the queries.
   *
   * @default {"train"}
   */
  split?: string;
  /**
   * Positives per query: highest grades first, ties in the order of the qrels.
   *
   * @default {1}
   */
  positives?: number;
  /** Take only the first queries of the split. Omit to take all. */
  limit?: number;
}

/**
 * The pairs of query and positive of a split, in the order of its qrels. Qrels without a query or document are skipped.
 *
 * @throws {ArgumentError} if the collection has no such split.
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * import { promptInputs } from "./prompt_inputs.ts";
 * const [first] = promptInputs(await loadCollection("facets"), { limit: 1 });
 * console.log(first.query, first.positive.title);
 * ```
 *
 * @category Generation
 */
export function promptInputs(collection: Collection, options: PromptInputOptions = {}): PromptInput[] {
  checkOptions<PromptInputOptions>("promptInputs", options, { split: "string", positives: "number", limit: "number" });
  const { split = "train", positives = 1, limit = Infinity } = options;
  if (!Object.hasOwn(collection.qrels, split)) {
    throw new ArgumentError(
      `Unknown split "${split}" of ${collection.name}: ${suggestion(split, Object.keys(collection.qrels))}`,
    );
  }
  const queries = rowsById(collection.queries);
  const documents = rowsById(collection.corpus);
  const found: PromptInput[] = [];
  for (const [queryId, list] of [...positivesOf(collection, split)].slice(0, limit)) {
    const { text, metadata } = collection.queries.row(queries.get(queryId)!);
    const pools = queryPools(metadata);
    for (const { doc_id } of list.sort((a, b) => b.grade - a.grade).slice(0, positives)) {
      const positive = collection.corpus.row(documents.get(doc_id)!);
      found.push({
        queryId,
        query: text,
        positiveId: doc_id,
        positive: { title: positive.title, text: positive.text },
        pools,
      });
    }
  }
  return found;
}

/** The positives of each query with their grades, in the order of the qrels. */
function positivesOf(collection: Collection, split: string): Map<string, { doc_id: string; grade: number }[]> {
  const qrels = withoutDangling(collection, split).collection.qrels[split];
  const found = new Map<string, { doc_id: string; grade: number }[]>();
  for (const { query_id, doc_id, grade } of qrels.rows()) {
    if (grade <= 0) continue;
    const list = found.get(query_id);
    if (list) list.push({ doc_id, grade });
    else found.set(query_id, [{ doc_id, grade }]);
  }
  return found;
}

/** Every document as an input without a query. */
export function documentInputs(collection: Collection, limit = Infinity): PromptInput[] {
  const rows = Math.min(limit, collection.corpus.length);
  return Array.from({ length: rows }, (_, i) => {
    const { id, title, text } = collection.corpus.row(i);
    return { queryId: "", query: "", positiveId: id, positive: { title, text } };
  });
}

/** A query's fields of expertise, if its metadata has `experts`. */
function queryPools(metadata: string | null): Pools | undefined {
  if (!metadata?.includes('"experts"')) return undefined;
  const { experts } = JSON.parse(metadata) as { experts?: unknown };
  return Array.isArray(experts) && experts.length > 0 ? { expert: experts.map(String) } : undefined;
}
