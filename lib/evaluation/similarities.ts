import { stopSignal } from "../core/stop.ts";
import { checkEncoder } from "../encoders/check_encoder.ts";
import { checkCollection, checkNegatives } from "../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import { dot } from "../core/dot.ts";
import { normalizeRows } from "../core/normalize_rows.ts";
import { KitError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import { withoutDangling } from "../collections/dangling.ts";
import { passageText } from "../collections/passage.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import { type NEGATIVES, type QRELS, SIMILARITIES, type Source } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import type { Collection } from "../collections/types.ts";
import type { Encoder, TextKind, Vectors } from "../encoders/types.ts";
import { qrelsOf } from "./evaluate_encoder.ts";

/**
 * Options of {@link similarities}.
 *
 * @category Evaluation
 */
export interface SimilaritiesOptions {
  /** The judgements that say which documents are positives. @default "train" */
  split?: string;
  /** Told as texts are encoded. */
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
 * Cosine similarity of every kept negative to its query, with the query's lowest positive beside it: the distributions
 * by source. Where the collection has a `complete` split, mined negatives are told apart into true and false ones;
 * written ones are null there.
 *
 * @throws {KitError} if a negative names a query or a document that the collection does not have, or its query has no
 * positive in the split.
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
  const positives = gradesOf(qrelsOf(withoutDangling(collection, split).collection, split));
  const complete = collection.qrels.complete && gradesOf(collection.qrels.complete);
  const queries = new Texts(encoder, "query");
  const documents = new Texts(encoder, "document");
  const queryRows = rowsById(collection.queries);
  const documentRows = rowsById(collection.corpus);
  const queryText = (id: string) => {
    const row = queryRows.get(id);
    if (row === undefined) throw new KitError(`Cannot compare: negatives name query "${id}", which is not there`);
    return collection.queries.column("text").at(row);
  };
  const documentText = (id: string) => {
    const row = documentRows.get(id);
    if (row === undefined) throw new KitError(`Cannot compare: document "${id}" is not in the corpus`);
    return passageText(collection.corpus.row(row));
  };
  const pairs: { query_id: string; source: Source; query: number; negative: number; truth: boolean | null }[] = [];
  const positivesOf = new Map<string, number[]>();
  for (const { query_id, doc_id, title, text, source, verdict } of negatives.rows()) {
    if (verdict !== "kept") continue;
    const query = queries.add(queryText(query_id));
    const passage = doc_id === null ? passageText({ title: title ?? "", text: text ?? "" }) : documentText(doc_id);
    const grades = complete?.get(query_id);
    const truth = doc_id === null || grades === undefined ? null : (grades.get(doc_id) ?? 0) > 0;
    pairs.push({ query_id, source: source as Source, query, negative: documents.add(passage), truth });
    if (!positivesOf.has(query_id)) {
      const relevant = [...positives.get(query_id) ?? []].filter(([, grade]) => grade > 0);
      if (relevant.length === 0) {
        throw new KitError(`Cannot compare: query "${query_id}" has no positive in "${split}"`);
      }
      positivesOf.set(query_id, relevant.map(([id]) => documents.add(documentText(id))));
    }
  }
  await queries.encode(progress, signal);
  await documents.encode(progress, signal);
  const compare = (query: number, document: number) => dot(queries.vector(query), documents.vector(document));
  const lowest = new Map<string, number>();
  const builder = new TableBuilder(
    SIMILARITIES,
    encoder.similarity === "dot" ? { metadata: { "syneg.similarity": "dot" } } : {},
  );
  for (const { query_id, source, query, negative, truth } of pairs) {
    if (!lowest.has(query_id)) {
      lowest.set(query_id, Math.min(...positivesOf.get(query_id)!.map((document) => compare(query, document))));
    }
    builder.append({
      query_id,
      source,
      similarity: compare(query, negative),
      positive_similarity: lowest.get(query_id)!,
      false_negative: truth,
    });
  }
  return builder.finish();
}

/** Distinct texts and their vectors, of length 1 unless the encoder compares by dot. */
class Texts {
  readonly #encoder: Encoder;
  readonly #kind: TextKind;
  readonly #rows = new Map<string, number>();
  #vectors?: Vectors;

  constructor(encoder: Encoder, kind: TextKind) {
    this.#encoder = encoder;
    this.#kind = kind;
  }

  add(text: string): number {
    const row = this.#rows.get(text) ?? this.#rows.size;
    if (row === this.#rows.size) this.#rows.set(text, row);
    return row;
  }

  async encode(progress?: Progress, signal?: AbortSignal): Promise<void> {
    const encoded = await this.#encoder.encode(this.#rows.keys(), { kind: this.#kind, progress, signal });
    this.#vectors = { ...encoded, data: encoded.data.slice() };
    if (this.#encoder.similarity !== "dot") normalizeRows(this.#vectors.data, encoded.dimension);
  }

  vector(row: number): Float32Array {
    const { data, dimension } = this.#vectors!;
    return data.subarray(row * dimension, (row + 1) * dimension);
  }
}

function gradesOf(qrels: Table<typeof QRELS>): Map<string, Map<string, number>> {
  const result = new Map<string, Map<string, number>>();
  for (const { query_id, doc_id, grade } of qrels.rows()) {
    if (!result.has(query_id)) result.set(query_id, new Map());
    result.get(query_id)!.set(doc_id, grade);
  }
  return result;
}
