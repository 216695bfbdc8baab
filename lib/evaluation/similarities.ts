import { stopSignal } from "../core/stop.ts";
import { checkEncoder } from "../encoders/check_encoder.ts";
import { checkCollection, checkNegatives } from "../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { gradesByQuery } from "../tables/grades_by_query.ts";
import { KitError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import { withoutDangling } from "../collections/dangling.ts";
import { type NEGATIVES, SIMILARITIES, type Source } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import type { Collection } from "../collections/types.ts";
import type { Encoder } from "../encoders/types.ts";
import { qrelsOf } from "./evaluate_encoder.ts";
import { PairTexts } from "./pair_texts.ts";

/**
 * Options of {@link similarities}.
 *
 * @category Evaluation
 */
export interface SimilaritiesOptions {
  /**
   * The judgments that say which documents are positives.
   *
   * @default {"train"}
   */
  split?: string;
  /** Receives the progress of encoding. */
  progress?: Progress;
  /** Stops the encoding. */
  signal?: AbortSignal;
}

const SIMILARITIES_OPTIONS: OptionKinds<SimilaritiesOptions> = {
  split: "string",
  progress: "object",
  signal: "object",
};

/**
 * Cosine similarity of every kept negative to its query, next to that of the query's lowest positive. Where the collection has a `complete` split, every mined negative is marked as true or
 * false; written ones are null there.
 *
 * @throws {KitError} if a negative names a query or a document that the collection does not have, or its query has no
 * positive in the split.
 *
 * @example
 * ```ts
 * import { loadCollection, loadEncoder, mine, similarities } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const encoder = await loadEncoder("built-in");
 * const negatives = await mine(facets, { source: "bm25", depth: 3 });
 * const table = await similarities(encoder, facets, negatives);
 * console.log(table.length, table.row(0).similarity);
 * await encoder.dispose();
 * ```
 *
 * @category Evaluation
 */
export async function similarities(
  encoder: Encoder,
  collection: Collection,
  negatives: Table<typeof NEGATIVES>,
  options: SimilaritiesOptions = {},
): Promise<Table<typeof SIMILARITIES>> {
  checkEncoder("similarities", encoder);
  checkCollection("similarities", collection);
  checkNegatives("similarities", negatives);
  checkOptions<SimilaritiesOptions>("similarities", options, SIMILARITIES_OPTIONS);
  const { split = "train", progress } = options;
  const signal = stopSignal(options.signal);
  const positives = gradesByQuery(qrelsOf(withoutDangling(collection, split).collection, split));
  const complete = collection.qrels.complete && gradesByQuery(collection.qrels.complete);
  const texts = new PairTexts(encoder, collection);
  const pairs: Pair[] = [];
  const positivesOf = new Map<string, number[]>();
  for (const { query_id, doc_id, title, text, source, verdict } of negatives.rows()) {
    if (verdict !== "kept") continue;
    const query = texts.addQuery(query_id);
    const negative = texts.addNegative({ doc_id, title, text });
    const grades = complete?.get(query_id);
    const truth = doc_id === null || grades === undefined ? null : (grades.get(doc_id) ?? 0) > 0;
    pairs.push({ query_id, source: source as Source, query, negative, truth });
    if (positivesOf.has(query_id)) continue;
    const relevant = [...positives.get(query_id) ?? []].filter(([, grade]) => grade > 0);
    if (relevant.length === 0) throw new KitError(`Cannot compare: query "${query_id}" has no positive in "${split}"`);
    positivesOf.set(query_id, relevant.map(([id]) => texts.addDocument(id)));
  }
  await texts.queries.encode(progress, signal);
  await texts.documents.encode(progress, signal);
  return similarityTable(texts, pairs, positivesOf);
}

/** A query and a negative, as rows of {@link PairTexts}. */
interface Pair {
  readonly query_id: string;
  readonly source: Source;
  readonly query: number;
  readonly negative: number;
  /** Whether it is a false negative; null if unknown. */
  readonly truth: boolean | null;
}

function similarityTable(
  texts: PairTexts,
  pairs: readonly Pair[],
  positives: ReadonlyMap<string, readonly number[]>,
): Table<typeof SIMILARITIES> {
  const lowest = new Map<string, number>();
  const metadata = { "syneg.similarity": "dot" };
  const builder = new TableBuilder(SIMILARITIES, texts.encoder.similarity === "dot" ? { metadata } : {});
  for (const { query_id, source, query, negative, truth } of pairs) {
    if (!lowest.has(query_id)) {
      lowest.set(query_id, Math.min(...positives.get(query_id)!.map((document) => texts.similarity(query, document))));
    }
    builder.append({
      query_id,
      source,
      similarity: texts.similarity(query, negative),
      positive_similarity: lowest.get(query_id)!,
      false_negative: truth,
    });
  }
  return builder.finish();
}
