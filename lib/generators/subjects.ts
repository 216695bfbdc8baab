import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import type { Collection } from "../data/types.ts";
import type { Pools, Subject } from "./types.ts";

/** Which pairs of query and positive are written for. */
export interface SubjectOptions {
  /** @default "train" */
  split?: string;
  /** Positives per query: the highest grades first, then in the order of the judgements. @default 1 */
  positives?: number;
  /** The first so many queries of the split. @default all */
  limit?: number;
}

/** The pairs of query and positive of a split, in the order of its judgements. Judgements that point nowhere are left. */
export function subjects(collection: Collection, options: SubjectOptions = {}): Subject[] {
  const { split = "train", positives = 1, limit = Infinity } = options;
  const qrels = Object.hasOwn(collection.qrels, split) ? collection.qrels[split] : undefined;
  if (!qrels) {
    throw new ArgumentError(
      `Unknown split "${split}" of ${collection.name}: ${suggestion(split, Object.keys(collection.qrels))}`,
    );
  }
  const queries = rowNumbers(collection.queries.column("id"));
  const documents = rowNumbers(collection.corpus.column("id"));
  const known = new Map<string, { doc_id: string; grade: number }[]>();
  for (const { query_id, doc_id, grade } of qrels.rows()) {
    if (grade <= 0 || !queries.has(query_id) || !documents.has(doc_id)) continue;
    const list = known.get(query_id);
    if (list) list.push({ doc_id, grade });
    else known.set(query_id, [{ doc_id, grade }]);
  }
  const found: Subject[] = [];
  for (const [query_id, list] of [...known].slice(0, limit)) {
    const { text, metadata } = collection.queries.row(queries.get(query_id)!);
    const pools = queryPools(metadata);
    for (const { doc_id } of list.sort((a, b) => b.grade - a.grade).slice(0, positives)) {
      const positive = collection.corpus.row(documents.get(doc_id)!);
      found.push({
        query_id,
        query: text,
        positive_id: doc_id,
        positive: { title: positive.title, text: positive.text },
        pools,
      });
    }
  }
  return found;
}

/** Every document as a subject without a query. */
export function documentSubjects(collection: Collection, limit = Infinity): Subject[] {
  const rows = Math.min(limit, collection.corpus.length);
  return Array.from({ length: rows }, (_, i) => {
    const { id, title, text } = collection.corpus.row(i);
    return { query_id: "", query: "", positive_id: id, positive: { title, text } };
  });
}

/** Row number by id. */
export function rowNumbers(ids: Iterable<string>): Map<string, number> {
  let row = 0;
  const numbers = new Map<string, number>();
  for (const id of ids) numbers.set(id, row++);
  return numbers;
}

/** A query's fields of expertise, where its metadata has `experts`. */
function queryPools(metadata: string | null): Pools | undefined {
  if (!metadata?.includes('"experts"')) return undefined;
  const { experts } = JSON.parse(metadata) as { experts?: unknown };
  return Array.isArray(experts) && experts.length > 0 ? { expert: experts.map(String) } : undefined;
}
