import type { Collection } from "../../collections/types.ts";
import { knownPositives } from "../../collections/known_positives.ts";
import type { Positives } from "../../collections/positives.ts";
import { KitError } from "../../core/errors.ts";
import { rowsById } from "../../tables/rows_by_id.ts";
import type { NEGATIVES, Source } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { type NegativeColumns, negativeColumns } from "./negative_columns.ts";
import type { TrainGroups } from "../train_options.ts";
import { queryGroups } from "./grouped_batches.ts";
import { queryWeights } from "./query_weights.ts";
import { TrainingPassages } from "./training_passages.ts";
import { type KnownPositive, TrainingPositives } from "./training_positives.ts";

/** SyCL's highest level, that of known positives and of passages that were found to answer. */
export const TOP_LEVEL = 3;

/** A negative as training reads it. */
export interface NegativeRow {
  /** Null when it was written. */
  readonly doc_id: string | null;
  readonly source: Source;
  /** How relevant a written passage is, of recipe `graded` or relabeled: 0 to {@link TOP_LEVEL}. */
  readonly level?: number;
  readonly score: number | null;
  readonly positive_score: number | null;
  /** Weight in the loss, 1 unless the table says otherwise. */
  readonly weight: number;
}

/** Texts, positives and negatives of one split, by id. */
export interface TrainingData {
  /** Queries with a positive, in the order of the qrels. */
  readonly queries: readonly string[];
  readonly positives: ReadonlyMap<string, readonly KnownPositive[]>;
  /** Documents that answer a query: its positives and those of queries that ask the same (`equalText`). */
  known(id: string): readonly string[];
  /** {@link TrainingData.documentKeys} of all that answers a query: what is known and what was relabeled. */
  answerKeys(id: string): readonly string[];
  /** The positives as the samplers take them. */
  readonly positiveIds: Positives;
  queryText(id: string): string;
  documentText(id: string): string;
  /** What a document shares with every passage of the same text, hashed: see `passageKeys`; the first key is its own. */
  documentKeys(id: string): readonly string[];
  negative(row: number): NegativeRow;
  negativeText(row: number): string;
  /** {@link TrainingData.documentKeys} of a row. */
  negativeKeys(row: number): readonly string[];
  /** Rows with the verdict "kept". */
  readonly kept: number;
  /** Rows of written passages that a judge or a recipe relabeled as positives, by query. */
  readonly relabeled: ReadonlyMap<string, readonly number[]>;
  /** Whether a negative or a query has another weight than 1. */
  readonly weighted: boolean;
  queryWeight(id: string): number;
  /** Group of each query, if batches are of one group each. */
  readonly groups?: ReadonlyMap<string, string>;
}

/**
 * Reads what training needs from a collection and a table of negatives.
 *
 * @throws {KitError} if the split is unknown or empty, ids do not exist, or a kept negative is a known positive of its
 * query.
 */
export function trainingData(
  collection: Collection,
  negatives: Table<typeof NEGATIVES>,
  { split, weightField, groups }: { split: string; weightField?: string; groups?: TrainGroups },
): TrainingData {
  const columns = negativeColumns(negatives);
  const documents = rowsById(collection.corpus);
  const found = new TrainingPositives(collection, split);
  const relabeled = found.addRelabeled(columns, documents);
  const kept = found.checkKept(columns, documents);
  const passages = new TrainingPassages(collection.corpus, columns, documents);
  const { positives } = found;
  const positiveIds = new Map([...positives].map(([id, known]) => [id, known.map(({ doc_id }) => doc_id)]));
  const known = knownPositives(collection.queries, positiveIds);
  const queryRows = rowsById(collection.queries);
  const queryText = collection.queries.column("text");
  const queries = [...positives.keys()];
  const weights = weightField === undefined ? undefined : queryWeights(collection, queries, weightField);
  return {
    queries,
    positives,
    known: (id) => known.get(id) ?? [],
    answerKeys: answerKeys(collection, { positives, relabeled, known, passages }),
    positiveIds,
    queryText: (id) => queryText.at(queryRows.get(id)!),
    documentText: (id) => passages.documentText(id),
    documentKeys: (id) => passages.documentKeys(id),
    negative: (row) => negativeRow(columns, row),
    negativeText: (row) => passages.negativeText(row),
    negativeKeys: (row) => passages.negativeKeys(row),
    kept,
    relabeled,
    weighted: weights !== undefined || hasWeights(columns),
    queryWeight: (id) => weights?.get(id) ?? 1,
    groups: groups && queryGroups(collection, queries, groups.field),
  };
}

/** {@link TrainingData.answerKeys}, remembered. */
function answerKeys(
  { queries }: Collection,
  { positives, relabeled, known, passages }: Pick<TrainingData, "positives" | "relabeled"> & {
    known: Positives;
    passages: TrainingPassages;
  },
): (id: string) => readonly string[] {
  const own = new Map([...positives.keys()].map((id) => [id, (relabeled.get(id) ?? []).map(String)]));
  const rows = relabeled.size === 0 ? own : knownPositives(queries, own);
  const answers = new Map<string, readonly string[]>();
  return (id) => {
    let keys = answers.get(id);
    if (!keys) {
      keys = [
        ...(known.get(id) ?? []).flatMap((doc) => passages.documentKeys(doc)),
        ...(rows.get(id) ?? []).flatMap((row) => passages.negativeKeys(Number(row))),
      ];
      answers.set(id, keys);
    }
    return keys;
  };
}

/**
 * Whether a kept row has another weight than 1.
 *
 * @throws {KitError} for a weight that is not a number >= 0.
 */
function hasWeights({ length, verdict, weight }: NegativeColumns): boolean {
  let found = false;
  for (let row = 0; row < length; row++) {
    if (verdict.at(row) !== "kept") continue;
    const value = weight.at(row) ?? 1;
    if (!(value >= 0 && value < Infinity)) {
      throw new KitError(`Row ${row} of the negatives has weight ${value}; it must be a number >= 0`);
    }
    found ||= value !== 1;
  }
  return found;
}

function negativeRow(columns: NegativeColumns, row: number): NegativeRow {
  // Grades of other recipes mean something else, such as how hard a negative is.
  const graded = columns.recipe.at(row)?.split("@")[0] === "graded";
  const level = (graded ? columns.grade.at(row) : null) ??
    (columns.verdict.at(row) === "relabeled" ? TOP_LEVEL : null);
  return {
    doc_id: columns.doc_id.at(row),
    source: columns.source.at(row) as Source,
    ...(level === null ? {} : { level }),
    score: columns.score.at(row),
    positive_score: columns.positive_score.at(row),
    weight: columns.weight.at(row) ?? 1,
  };
}
