import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { withoutDangling } from "../collections/dangling.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import type { Collection } from "../collections/types.ts";
import type { Pools, PromptInput } from "./types.ts";

/** Which pairs of query and positive are written for. */
export interface PromptInputOptions {
  /** @default "train" */
  split?: string;
  /** Positives per query: the highest grades first, then in the order of the judgements. @default 1 */
  positives?: number;
  /** The first so many queries of the split. @default all */
  limit?: number;
}

/** The pairs of query and positive of a split, in the order of its judgements. Judgements that point nowhere are left. */
export function promptInputs(collection: Collection, options: PromptInputOptions = {}): PromptInput[] {
  const { split = "train", positives = 1, limit = Infinity } = options;
  if (!Object.hasOwn(collection.qrels, split)) {
    throw new ArgumentError(
      `Unknown split "${split}" of ${collection.name}: ${suggestion(split, Object.keys(collection.qrels))}`,
    );
  }
  const qrels = withoutDangling(collection, split).collection.qrels[split];
  const [queries, documents] = [rowsById(collection.queries), rowsById(collection.corpus)];
  const known = new Map<string, { doc_id: string; grade: number }[]>();
  for (const { query_id, doc_id, grade } of qrels.rows()) {
    if (grade <= 0) continue;
    const list = known.get(query_id);
    if (list) list.push({ doc_id, grade });
    else known.set(query_id, [{ doc_id, grade }]);
  }
  const found: PromptInput[] = [];
  for (const [query_id, list] of [...known].slice(0, limit)) {
    const { text, metadata } = collection.queries.row(queries.get(query_id)!);
    const pools = queryPools(metadata);
    for (const { doc_id } of list.sort((a, b) => b.grade - a.grade).slice(0, positives)) {
      const positive = collection.corpus.row(documents.get(doc_id)!);
      found.push({
        queryId: query_id,
        query: text,
        positiveId: doc_id,
        positive: { title: positive.title, text: positive.text },
        pools,
      });
    }
  }
  return found;
}

/** Every document as a subject without a query. */
export function documentInputs(collection: Collection, limit = Infinity): PromptInput[] {
  const rows = Math.min(limit, collection.corpus.length);
  return Array.from({ length: rows }, (_, i) => {
    const { id, title, text } = collection.corpus.row(i);
    return { queryId: "", query: "", positiveId: id, positive: { title, text } };
  });
}

/** A query's fields of expertise, where its metadata has `experts`. */
function queryPools(metadata: string | null): Pools | undefined {
  if (!metadata?.includes('"experts"')) return undefined;
  const { experts } = JSON.parse(metadata) as { experts?: unknown };
  return Array.isArray(experts) && experts.length > 0 ? { expert: experts.map(String) } : undefined;
}
