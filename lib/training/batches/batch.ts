import { SOURCES } from "../../tables/sources.ts";
import type { TextInput } from "../../encoders/types.ts";
import type { Relations } from "../relations.ts";
import { BatchCells, type Members } from "./batch_cells.ts";
import { BatchColumns } from "./batch_columns.ts";
import { TOP_LEVEL, type TrainingData } from "./training_data.ts";
import type { KnownPositive } from "./training_positives.ts";

/** What one query brings to a batch. */
export interface Group {
  readonly query_id: string;
  /** Positives drawn for this epoch. */
  readonly positives: readonly KnownPositive[];
  /** Rows of the negatives. */
  readonly negatives: readonly number[];
}

/** Options of {@link makeBatch}. */
export interface BatchOptions {
  /** Other queries' documents are negatives, too. */
  readonly inBatch: boolean;
  /** Written passages have their graded levels, relabeled ones included. */
  readonly levels: boolean;
  /** Scores of the negatives' rows and their positives become the teacher's. */
  readonly teacherScores: boolean;
}

/** A batch before tokenization: every text once, and how queries and documents relate. */
export interface Batch {
  readonly queryIds: readonly string[];
  readonly texts: readonly TextInput[];
  /** Places of the queries in `texts`. */
  readonly queryIndex: Int32Array;
  /** Places of the candidates in `texts`. */
  readonly candidateIndex: Int32Array;
  readonly relations: Relations;
  /** Columns of every query's positives `[queries, positives]`, and their grades, 0 if a row is shorter. */
  readonly columns: Int32Array;
  readonly grades: Float32Array;
  readonly positives: number;
  /** For every cell of the relations: place in {@link sources} of where that negative comes from, 255 for others. */
  readonly cellSource: Uint8Array;
  readonly sources: readonly string[];
  /** Source of every candidate: its place in `SOURCES`, -1 for a document that came as a positive. */
  readonly candidateSources: Int32Array;
  /** Weight of every cell; omitted if all are 1. */
  readonly weights?: Float32Array;
  /** Weight of every query; omitted if all are 1. */
  readonly queryWeights?: Float32Array;
  /** Teacher's scores from the rows of the negatives, if asked for. */
  readonly teacher?: Float32Array;
}

/**
 * Lays out a batch. A document has one column however many queries bring it, and so do documents of the same title and
 * text (`equalText`). A column whose text, under whatever title, equals a known positive of a query, or of a query that
 * asks the same under another id, is never a negative of that query: it is ignored unless it was drawn as its positive.
 */
export function makeBatch(data: TrainingData, groups: readonly Group[], options: BatchOptions): Batch {
  const columns = new BatchColumns();
  const queryIndex = Int32Array.from(groups, ({ query_id }) => columns.query(data.queryText(query_id)));
  const members = groups.map((group) => membersOf(group, { data, columns, options }));
  const size = { queries: groups.length, candidates: columns.count };
  const cells = new BatchCells(size, options);
  const positives = members.map((own, i) => {
    const answers = data.answerKeys(groups[i].query_id).flatMap((key) => columns.withKey(key));
    return cells.fill(i, own, answers);
  });
  const most = Math.max(1, ...positives.map(({ length }) => length));
  const places = { columns: new Int32Array(size.queries * most), grades: new Float32Array(size.queries * most) };
  positives.forEach((row, i) =>
    row.forEach(({ column, grade }, k) => {
      places.columns[i * most + k] = column;
      places.grades[i * most + k] = grade;
    })
  );
  return {
    queryIds: groups.map(({ query_id }) => query_id),
    texts: columns.texts,
    queryIndex,
    candidateIndex: Int32Array.from(columns.candidates),
    relations: { data: cells.relations, ...size },
    ...places,
    positives: most,
    cellSource: cells.cellSource,
    sources: cells.sources,
    candidateSources: sourcesOfColumns(members, size.candidates),
    ...(data.weighted ? { weights: cells.weights, queryWeights: weightsOfQueries(data, groups) } : {}),
    teacher: cells.teacher,
  };
}

/** The source that brought each column first; a positive is of none. */
function sourcesOfColumns(members: readonly Members[], candidates: number): Int32Array {
  const sources = new Int32Array(candidates).fill(-1);
  for (const { negatives } of members) {
    for (const { column, source } of negatives) if (sources[column] < 0) sources[column] = SOURCES.indexOf(source);
  }
  for (const { positives } of members) for (const { column } of positives) sources[column] = -1;
  return sources;
}

function weightsOfQueries(data: TrainingData, groups: readonly Group[]): Float32Array {
  return Float32Array.from(groups, ({ query_id }) => data.queryWeight(query_id));
}

/** A query's documents by column. */
function membersOf(
  { query_id, positives, negatives }: Group,
  { data, columns, options: { levels } }: { data: TrainingData; columns: BatchColumns; options: BatchOptions },
): Members {
  const relabeled = levels ? data.relabeled.get(query_id) ?? [] : [];
  return {
    positives: positives.map(({ doc_id, grade }) => ({
      column: columns.document(data.documentKeys(doc_id), () => data.documentText(doc_id)),
      grade: levels ? Math.max(grade, TOP_LEVEL) : grade,
    })),
    negatives: [...negatives, ...relabeled].map((row) => ({
      column: columns.document(data.negativeKeys(row), () => data.negativeText(row)),
      ...data.negative(row),
    })),
  };
}
