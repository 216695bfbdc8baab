import type { TextInput } from "../../encoders/types.ts";
import { type KnownPositive, TOP_LEVEL, type TrainingData } from "./training_data.ts";
import { IN_BATCH_NEGATIVE, OWN_NEGATIVE, type Relations } from "../relations.ts";

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
  /** Written passages stand with their graded levels, the relabeled ones included. */
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
  /** Columns of every query's positives `[queries, positives]`, and their grades, 0 where a row is shorter. */
  readonly columns: Int32Array;
  readonly grades: Float32Array;
  readonly positives: number;
  /** For every cell of the relations: place in {@link sources} of where that negative comes from, 255 for others. */
  readonly cellSource: Uint8Array;
  readonly sources: readonly string[];
  /** Teacher's scores from the rows of the negatives, if asked for. */
  readonly teacher?: Float32Array;
}

/**
 * Lays out a batch. A document stands in one column however many queries bring it, and so do documents of the same title
 * and text (`equalText`). A column that is the same text, under whatever title, as any known positive of a query, or of a
 * query that asks the same under another id, is never a negative of that query: it is ignored unless it was drawn as its
 * positive.
 */
export function makeBatch(data: TrainingData, groups: readonly Group[], options: BatchOptions): Batch {
  const texts: TextInput[] = [];
  const queryPlaces = new Map<string, number>();
  const columnOf = new Map<string, number>();
  const candidatePlaces: number[] = [];
  const place = (text: string, kind: TextInput["kind"]) => texts.push({ text, kind }) - 1;

  const queryIndex = Int32Array.from(groups, ({ query_id }) => {
    const text = data.queryText(query_id);
    const known = queryPlaces.get(text) ?? place(text, "query");
    queryPlaces.set(text, known);
    return known;
  });
  const columnsWith = new Map<string, number[]>();
  const column = (keys: readonly string[], text: () => string) => {
    let at = columnOf.get(keys[0]);
    if (at === undefined) {
      at = columnOf.size;
      columnOf.set(keys[0], at);
      candidatePlaces.push(place(text(), "document"));
      for (const key of keys) columnsWith.set(key, [...columnsWith.get(key) ?? [], at]);
    }
    return at;
  };
  const own = groups.map(({ query_id, positives, negatives }) => {
    const leveled = options.levels ? data.relabeled.get(query_id) ?? [] : [];
    return {
      positives: positives.map(({ doc_id, grade }) => ({
        column: column(data.documentKeys(doc_id), () => data.documentText(doc_id)),
        grade: options.levels ? Math.max(grade, TOP_LEVEL) : grade,
      })),
      negatives: [...negatives, ...leveled].map((row) => {
        return { column: column(data.negativeKeys(row), () => data.negativeText(row)), ...data.negative(row) };
      }),
    };
  });

  const queries = groups.length;
  const candidates = columnOf.size;
  const relations = new Float32Array(queries * candidates);
  const cellSource = new Uint8Array(queries * candidates).fill(255);
  const sources: string[] = [];
  const sourceCode = (name: string) => {
    const code = sources.indexOf(name);
    return code >= 0 ? code : sources.push(name) - 1;
  };
  const teacher = options.teacherScores ? new Float32Array(queries * candidates) : undefined;
  const positiveColumns: { column: number; grade: number }[][] = [];
  own.forEach(({ positives, negatives }, i) => {
    const cell = (column: number) => i * candidates + column;
    if (options.inBatch) {
      const code = sourceCode("in-batch");
      for (let j = 0; j < candidates; j++) {
        relations[cell(j)] = IN_BATCH_NEGATIVE;
        cellSource[cell(j)] = code;
      }
    }
    const levels = new Map<number, number>();
    let positiveScore = Infinity;
    for (const { column, source, level, score, positive_score } of negatives) {
      if (options.levels && level !== undefined && level > 0) {
        levels.set(column, Math.max(level, levels.get(column) ?? 0));
        continue;
      }
      relations[cell(column)] = OWN_NEGATIVE;
      cellSource[cell(column)] = sourceCode(source);
      if (!teacher) continue;
      teacher[cell(column)] = score ?? NaN;
      positiveScore = Math.min(positiveScore, positive_score ?? NaN);
    }
    const ignore = (column: number) => {
      relations[cell(column)] = 0;
      cellSource[cell(column)] = 255;
    };
    for (const key of data.answerKeys(groups[i].query_id)) columnsWith.get(key)?.forEach(ignore);
    for (const { column, grade } of positives) levels.set(column, Math.max(grade, levels.get(column) ?? 0));
    for (const [column, grade] of levels) {
      relations[cell(column)] = grade;
      cellSource[cell(column)] = 255;
      if (teacher) teacher[cell(column)] = positiveScore === Infinity ? 0 : positiveScore;
    }
    positiveColumns.push([...levels].map(([column, grade]) => ({ column, grade })));
  });
  const most = Math.max(1, ...positiveColumns.map(({ length }) => length));
  const columns = new Int32Array(queries * most);
  const grades = new Float32Array(queries * most);
  positiveColumns.forEach((row, i) =>
    row.forEach(({ column, grade }, k) => {
      columns[i * most + k] = column;
      grades[i * most + k] = grade;
    })
  );
  return {
    queryIds: groups.map(({ query_id }) => query_id),
    texts,
    queryIndex,
    candidateIndex: Int32Array.from(candidatePlaces),
    relations: { data: relations, queries, candidates },
    columns,
    grades,
    positives: most,
    cellSource,
    sources,
    teacher,
  };
}
