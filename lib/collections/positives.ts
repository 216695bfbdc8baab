import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { withoutDangling } from "./dangling.ts";
import type { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Collection } from "./types.ts";

/**
 * Query id -> ids of its known positives, in the order in which queries train.
 *
 * @category Collections
 */
export type Positives = ReadonlyMap<string, readonly string[]>;

/**
 * Options of {@link positivesOf}.
 *
 * @category Collections
 */
export interface PositivesOptions {
  /**
   * Whose judgments.
   *
   * @default {"train"}
   */
  split?: string;
  /** Negatives whose relabeled documents count as positives, too. */
  negatives?: Table<typeof NEGATIVES>;
}

const POSITIVES_OPTIONS: OptionKinds<PositivesOptions> = { split: "string", negatives: "object" };

/**
 * Known positives by query: every document with a grade above 0, in the split's order. Judgments whose query or
 * document does not exist are skipped.
 *
 * @throws {ArgumentError} if the split does not exist or has no positive.
 *
 * @example
 * ```ts
 * import { loadCollection, positivesOf } from "@syneg/kit";
 * const positives = positivesOf(await loadCollection("facets"));
 * console.log(positives.size); // 816
 * ```
 *
 * @category Collections
 */
export function positivesOf(collection: Collection, options: PositivesOptions = {}): Positives {
  checkOptions<PositivesOptions>("positivesOf", options, POSITIVES_OPTIONS);
  const { split = "train", negatives } = options;
  const qrels = withoutDangling(collection, split).collection.qrels[split];
  if (!qrels) {
    throw new ArgumentError(
      `Unknown split "${split}" of ${collection.name}: ${suggestion(split, Object.keys(collection.qrels))}`,
    );
  }
  const positives = new Map<string, string[]>();
  const add = (query_id: string, doc_id: string) => {
    const ids = positives.get(query_id);
    if (!ids) positives.set(query_id, [doc_id]);
    else if (!ids.includes(doc_id)) ids.push(doc_id);
  };
  for (const { query_id, doc_id, grade } of qrels.rows()) if (grade > 0) add(query_id, doc_id);
  if (positives.size === 0) {
    throw new ArgumentError(`Cannot use split "${split}" of ${collection.name}: it has no positives`);
  }
  if (negatives) {
    const [queries, documents] = [negatives.column("query_id"), negatives.column("doc_id")];
    const verdicts = negatives.column("verdict");
    for (let row = 0; row < negatives.length; row++) {
      const doc_id = verdicts.at(row) === "relabeled" ? documents.at(row) : null;
      if (doc_id !== null) add(queries.at(row), doc_id);
    }
  }
  return positives;
}
