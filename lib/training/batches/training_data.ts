import { ArgumentError, KitError } from "../../core/errors.ts";
import { sha256 } from "../../core/hash.ts";
import { suggestion } from "../../core/nearest.ts";
import { withoutDangling } from "../../collections/dangling.ts";
import { type Passage, passageText } from "../../collections/passage.ts";
import { passageKeys } from "../../collections/passage_keys.ts";
import { rowsById } from "../../tables/rows_by_id.ts";
import type { NEGATIVES, Source } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { knownPositives } from "../../collections/known_positives.ts";
import type { Positives } from "../../collections/positives.ts";

/** SyCL's highest level, that of known positives and of passages that were found to answer. */
export const TOP_LEVEL = 3;

/** A query's known positive. */
export interface KnownPositive {
  readonly doc_id: string;
  readonly grade: number;
}

/** A negative as training reads it. */
export interface NegativeRow {
  /** Null when it was written. */
  readonly doc_id: string | null;
  readonly source: Source;
  /** How relevant a written passage is, of recipe `graded` or relabeled: 0 to {@link TOP_LEVEL}. */
  readonly level?: number;
  readonly score: number | null;
  readonly positive_score: number | null;
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
}

/**
 * Reads what training needs from a collection and a table of negatives.
 *
 * @throws {KitError} if the split is unknown or empty, ids point nowhere, or a kept negative is a known positive of its
 * query.
 */
export function trainingData(
  collection: Collection,
  negatives: Table<typeof NEGATIVES>,
  split: string,
): TrainingData {
  const qrels = withoutDangling(collection, split).collection.qrels[split];
  if (!qrels) {
    throw new ArgumentError(
      `Collection "${collection.name}" has no split "${split}": ${suggestion(split, Object.keys(collection.qrels))}`,
      { field: "split" },
    );
  }
  const queryRows = rowsById(collection.queries);
  const documentRows = rowsById(collection.corpus);
  const positives = new Map<string, KnownPositive[]>();
  const add = (query_id: string, doc_id: string, grade: number) => {
    const known = positives.get(query_id);
    if (!known) positives.set(query_id, [{ doc_id, grade }]);
    else if (!known.some((positive) => positive.doc_id === doc_id)) known.push({ doc_id, grade });
  };
  for (const { query_id, doc_id, grade } of qrels.rows()) {
    if (grade > 0) add(query_id, doc_id, grade);
  }
  if (positives.size === 0) throw new KitError(`Cannot train: split "${split}" has no query with a positive`);

  const { length } = negatives;
  const columns = {
    query_id: negatives.column("query_id"),
    doc_id: negatives.column("doc_id"),
    verdict: negatives.column("verdict"),
    grade: negatives.column("grade"),
    recipe: negatives.column("recipe"),
    source: negatives.column("source"),
    score: negatives.column("score"),
    positive_score: negatives.column("positive_score"),
    title: negatives.column("title"),
    text: negatives.column("text"),
  };
  const relabeled = new Map<string, number[]>();
  let kept = 0;
  for (let row = 0; row < length; row++) {
    const query_id = columns.query_id.at(row);
    if (columns.verdict.at(row) !== "relabeled" || !positives.has(query_id)) continue;
    const doc_id = columns.doc_id.at(row);
    if (doc_id === null) relabeled.set(query_id, [...relabeled.get(query_id) ?? [], row]);
    else if (documentRows.has(doc_id)) add(query_id, doc_id, 1);
  }
  for (let row = 0; row < length; row++) {
    if (columns.verdict.at(row) !== "kept") continue;
    kept++;
    const query_id = columns.query_id.at(row);
    const doc_id = columns.doc_id.at(row);
    if (doc_id === null) {
      if (!columns.text.at(row)) throw new KitError(`Row ${row} of the negatives has neither doc_id nor text`);
      continue;
    }
    if (!documentRows.has(doc_id)) {
      throw new KitError(`Row ${row} of the negatives names document "${doc_id}", which the corpus does not have`);
    }
    if (positives.get(query_id)?.some((positive) => positive.doc_id === doc_id)) {
      throw new KitError(
        `Row ${row} of the negatives gives query "${query_id}" its known positive "${doc_id}" as a negative`,
      );
    }
  }
  const corpusTitle = collection.corpus.column("title");
  const corpusText = collection.corpus.column("text");
  const queryText = collection.queries.column("text");
  const document = (id: string): Passage => {
    const row = documentRows.get(id)!;
    return { title: corpusTitle.at(row), text: corpusText.at(row) };
  };
  const written = (row: number): Passage => ({ title: columns.title.at(row) ?? "", text: columns.text.at(row)! });
  const documentText = (id: string) => passageText(document(id));
  const keysOf = new Map<string, readonly string[]>();
  const documentKeys = (id: string) => {
    let keys = keysOf.get(id);
    if (!keys) keysOf.set(id, keys = hashed(document(id)));
    return keys;
  };
  const negativeKeys = (row: number) => {
    const doc_id = columns.doc_id.at(row);
    return doc_id === null ? hashed(written(row)) : documentKeys(doc_id);
  };
  const positiveIds = new Map([...positives].map(([id, known]) => [id, known.map(({ doc_id }) => doc_id)]));
  const known = knownPositives(collection.queries, positiveIds);
  const ownRows = new Map([...positives.keys()].map((id) => [id, (relabeled.get(id) ?? []).map(String)]));
  const relabeledRows = relabeled.size === 0 ? ownRows : knownPositives(collection.queries, ownRows);
  const answers = new Map<string, readonly string[]>();
  const answerKeys = (id: string) => {
    let keys = answers.get(id);
    if (!keys) {
      const rows = relabeledRows.get(id) ?? [];
      keys = [...(known.get(id) ?? []).flatMap(documentKeys), ...rows.flatMap((row) => negativeKeys(Number(row)))];
      answers.set(id, keys);
    }
    return keys;
  };
  return {
    queries: [...positives.keys()],
    positives,
    known: (id) => known.get(id) ?? [],
    answerKeys,
    positiveIds,
    queryText: (id) => queryText.at(queryRows.get(id)!),
    documentText,
    documentKeys,
    negative: (row) => {
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
      };
    },
    negativeText: (row) => {
      const doc_id = columns.doc_id.at(row);
      return doc_id === null ? passageText(written(row)) : documentText(doc_id);
    },
    negativeKeys,
    kept,
    relabeled,
  };
}

/** Keys of a passage in little memory; passages without any text share one. */
function hashed(passage: Passage): string[] {
  const keys = passageKeys(passage);
  return keys.length === 0 ? [""] : keys.map((key) => sha256(key));
}
