import { IN_BATCH_NEGATIVE, OWN_NEGATIVE } from "../relations.ts";
import type { NegativeRow } from "./training_data.ts";

/** A column that is a positive of a query. */
export interface PositiveColumn {
  readonly column: number;
  readonly grade: number;
}

/** A query's documents by column. */
export interface Members {
  readonly positives: readonly PositiveColumn[];
  readonly negatives: readonly (NegativeRow & { readonly column: number })[];
}

/** No source. */
const NONE = 255;

/** The matrices `[queries, candidates]` of a batch, row by row. */
export class BatchCells {
  readonly relations: Float32Array;
  readonly cellSource: Uint8Array;
  readonly sources: string[] = [];
  readonly teacher?: Float32Array;
  /** Weight of every cell, 1 unless a negative has another one. */
  readonly weights: Float32Array;
  readonly #candidates: number;
  readonly #inBatch: boolean;
  readonly #levels: boolean;

  constructor(
    { queries, candidates }: { queries: number; candidates: number },
    { inBatch, levels, teacherScores }: { inBatch: boolean; levels: boolean; teacherScores: boolean },
  ) {
    this.relations = new Float32Array(queries * candidates);
    this.cellSource = new Uint8Array(queries * candidates).fill(NONE);
    this.weights = new Float32Array(queries * candidates).fill(1);
    if (teacherScores) this.teacher = new Float32Array(queries * candidates);
    this.#candidates = candidates;
    this.#inBatch = inBatch;
    this.#levels = levels;
  }

  /** Fills the row of a query and returns its positives. `answers` are columns that answer it: never negatives. */
  fill(row: number, { positives, negatives }: Members, answers: readonly number[]): PositiveColumn[] {
    const first = row * this.#candidates;
    if (this.#inBatch) {
      this.relations.fill(IN_BATCH_NEGATIVE, first, first + this.#candidates);
      this.cellSource.fill(this.#code("in-batch"), first, first + this.#candidates);
    }
    const grades = new Map<number, number>();
    const raise = (column: number, grade: number) => grades.set(column, Math.max(grade, grades.get(column) ?? 0));
    let positiveScore = Infinity;
    for (const { column, source, level, score, positive_score, weight } of negatives) {
      if (this.#levels && level !== undefined && level > 0) {
        raise(column, level);
        continue;
      }
      this.#set(first + column, OWN_NEGATIVE, this.#code(source));
      this.weights[first + column] = weight;
      if (!this.teacher) continue;
      this.teacher[first + column] = score ?? NaN;
      positiveScore = Math.min(positiveScore, positive_score ?? NaN);
    }
    for (const column of answers) this.#set(first + column, 0, NONE);
    for (const { column, grade } of positives) raise(column, grade);
    for (const [column, grade] of grades) {
      this.#set(first + column, grade, NONE);
      if (this.teacher) this.teacher[first + column] = positiveScore === Infinity ? 0 : positiveScore;
    }
    return [...grades].map(([column, grade]) => ({ column, grade }));
  }

  #set(cell: number, relation: number, source: number): void {
    this.relations[cell] = relation;
    this.weights[cell] = 1;
    this.cellSource[cell] = source;
  }

  #code(source: string): number {
    const code = this.sources.indexOf(source);
    return code >= 0 ? code : this.sources.push(source) - 1;
  }
}
