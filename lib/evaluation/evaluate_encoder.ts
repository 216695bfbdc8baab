import { checkEncoder } from "../encoders/check_encoder.ts";
import { encodeToCompare } from "../encoders/similarity.ts";
import { checkCollection } from "../collections/check_arguments.ts";
import { ArgumentError } from "../core/errors.ts";
import { suggestion } from "../core/nearest.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { Progress } from "../core/progress.ts";
import { stopSignal } from "../core/stop.ts";
import { ownDocuments } from "../collections/own_documents.ts";
import { passageText } from "../collections/passage.ts";
import type { QRELS, RUN, SCORES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Collection } from "../collections/types.ts";
import type { Encoder } from "../encoders/types.ts";
import { denseSearch } from "../retrieval/dense_search.ts";
import { counted } from "../core/format_numbers.ts";
import { showRows } from "../core/show_rows.ts";
import { evaluate, means } from "./evaluate.ts";
import { depthOf } from "./depth_of.ts";
import { type Measure, measure } from "./measure.ts";

/**
 * Options of {@link evaluateEncoder}.
 *
 * @category Evaluation
 */
export interface EvaluateEncoderOptions {
  /**
   * Which judgments.
   *
   * @default {"test"}
   */
  split?: string;
  /**
   * What to measure.
   *
   * @default {["nDCG@10"]}
   */
  measures?: readonly (string | Measure)[];
  /**
   * Documents retrieved for a query; documents below this rank count as not found.
   *
   * @default {100} or as many as the
   * deepest measure reads; 1,000 for a measure without a cutoff
   */
  depth?: number;
  /** Receives the progress of encoding. */
  progress?: Progress;
  /** Stops the search. */
  signal?: AbortSignal;
}

const KINDS: OptionKinds<EvaluateEncoderOptions> = {
  split: "string",
  measures: "array",
  depth: "number",
  progress: "object",
  signal: "object",
};

/**
 * What {@link evaluateEncoder} gives: the ranking and its scores.
 *
 * @category Evaluation
 */
export interface EncoderEvaluation {
  /** The documents found for each query. */
  readonly run: Table<typeof RUN>;
  /** The value of each measure for each query. */
  readonly scores: Table<typeof SCORES>;
}

/**
 * Encodes a collection, searches it exactly with the judged queries of one split, and scores the run. Every judged query
 * counts; one that is a document itself is not searched for in itself.
 *
 * @throws {ArgumentError} if the collection has no such split, or judges a query that it does not have.
 *
 * @example
 * ```ts
 * import { evaluateEncoder, loadCollection, loadEncoder, means } from "@syneg/kit";
 * const { scores } = await evaluateEncoder(await loadEncoder("built-in"), await loadCollection("facets"), {
 *   split: "dev",
 *   measures: ["nDCG@10", "Recall@100"],
 * });
 * console.log(means(scores));
 * ```
 * @category Evaluation
 */
export async function evaluateEncoder(
  encoder: Encoder,
  collection: Collection,
  options: EvaluateEncoderOptions = {},
): Promise<EncoderEvaluation> {
  checkEncoder("evaluateEncoder", encoder);
  checkCollection("evaluateEncoder", collection);
  checkOptions("evaluateEncoder", options, KINDS);
  const { split = "test", progress } = options;
  const signal = stopSignal(options.signal);
  const measures = (options.measures ?? ["nDCG@10"]).map((one) => typeof one === "string" ? measure(one) : one);
  const { depth = depthOf(measures) } = options;
  const qrels = qrelsOf(collection, split);
  const judged = new Set(qrels.column("query_id"));
  const ids: string[] = [];
  const texts: string[] = [];
  const queryTexts = collection.queries.column("text");
  let row = 0;
  for (const id of collection.queries.column("id")) {
    if (judged.delete(id)) {
      ids.push(id);
      texts.push(queryTexts.at(row));
    }
    row++;
  }
  if (judged.size > 0) {
    throw new ArgumentError(
      `Cannot evaluate on "${split}" of ${collection.name}: it judges ${judged.size} queries that are not there, ` +
        `such as "${[...judged][0]}"`,
    );
  }
  const queries = await encodeToCompare(encoder, texts, { kind: "query", progress, signal });
  const documents = await encodeToCompare(encoder, passages(collection), { kind: "document", progress, signal });
  const run = await denseSearch(queries, documents, {
    depth,
    excluded: ownDocuments(collection),
    ids: { queries: ids, documents: collection.corpus },
    signal,
  });
  const scores = evaluate(run, qrels, measures, { complete: true });
  return showRows({ run, scores }, () => ({
    title: `${encoder.name} on ${collection.name}, ${split}: ${counted(ids.length, "query", "queries")}`,
    head: ["measure", "mean"],
    rows: [...means(scores)].map(([name, value]) => [name, value.toFixed(3)]),
  }));
}

/**
 * The judgments of a split. @throws {ArgumentError} with suggestions for an unknown split.
 *
 * @example
 * ```ts
 * import { loadCollection } from "@syneg/kit";
 * import { qrelsOf } from "@syneg/kit/evaluation";
 * console.log(qrelsOf(await loadCollection("facets"), "dev").length > 0); // true
 * ```
 *
 * @category Evaluation
 */
export function qrelsOf(collection: Collection, split: string): Table<typeof QRELS> {
  if (!Object.hasOwn(collection.qrels, split)) {
    const known = Object.keys(collection.qrels);
    throw new ArgumentError(`Unknown split "${split}" of ${collection.name}: ${suggestion(split, known)}`);
  }
  return collection.qrels[split];
}

/** The texts of the corpus as encoders read them, one at a time. */
function* passages({ corpus }: Collection): Generator<string> {
  const titles = corpus.column("title");
  const texts = corpus.column("text");
  for (let row = 0; row < corpus.length; row++) yield passageText({ title: titles.at(row), text: texts.at(row) });
}
