import { withoutDangling } from "../../collections/dangling.ts";
import type { Collection } from "../../collections/types.ts";
import { ArgumentError, KitError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import type { NegativeColumns } from "./negative_columns.ts";

/** A query's known positive. */
export interface KnownPositive {
  readonly doc_id: string;
  readonly grade: number;
}

/** Known positives by query: those of a split, and documents that were relabeled. */
export class TrainingPositives {
  readonly positives = new Map<string, KnownPositive[]>();

  /** @throws {KitError} if the split is unknown or has no query with a positive. */
  constructor(collection: Collection, split: string) {
    const qrels = withoutDangling(collection, split).collection.qrels[split];
    if (!qrels) {
      throw new ArgumentError(
        `Collection "${collection.name}" has no split "${split}": ${suggestion(split, Object.keys(collection.qrels))}`,
        { field: "split" },
      );
    }
    for (const { query_id, doc_id, grade } of qrels.rows()) {
      if (grade > 0) this.#add(query_id, doc_id, grade);
    }
    if (this.positives.size === 0) throw new KitError(`Cannot train: split "${split}" has no query with a positive`);
  }

  /** Adds relabeled documents as positives of grade 1; returns the rows of relabeled written passages by query. */
  addRelabeled(columns: NegativeColumns, documents: ReadonlyMap<string, number>): Map<string, number[]> {
    const written = new Map<string, number[]>();
    for (let row = 0; row < columns.length; row++) {
      const query_id = columns.query_id.at(row);
      if (columns.verdict.at(row) !== "relabeled" || !this.positives.has(query_id)) continue;
      const doc_id = columns.doc_id.at(row);
      if (doc_id === null) written.set(query_id, [...written.get(query_id) ?? [], row]);
      else if (documents.has(doc_id)) this.#add(query_id, doc_id, 1);
    }
    return written;
  }

  /**
   * Checks the kept rows and returns their number.
   *
   * @throws {KitError} if a kept row has no text, a document that does not exist, or a known positive of its query.
   */
  checkKept(columns: NegativeColumns, documents: ReadonlyMap<string, number>): number {
    let kept = 0;
    for (let row = 0; row < columns.length; row++) {
      if (columns.verdict.at(row) !== "kept") continue;
      kept++;
      const query_id = columns.query_id.at(row);
      const doc_id = columns.doc_id.at(row);
      if (doc_id === null) {
        if (!columns.text.at(row)) throw new KitError(`Row ${row} of the negatives has neither doc_id nor text`);
        continue;
      }
      if (!documents.has(doc_id)) {
        throw new KitError(`Row ${row} of the negatives names document "${doc_id}", which the corpus does not have`);
      }
      if (this.positives.get(query_id)?.some((positive) => positive.doc_id === doc_id)) {
        throw new KitError(
          `Row ${row} of the negatives gives query "${query_id}" its known positive "${doc_id}" as a negative`,
        );
      }
    }
    return kept;
  }

  #add(query_id: string, doc_id: string, grade: number): void {
    const known = this.positives.get(query_id);
    if (!known) this.positives.set(query_id, [{ doc_id, grade }]);
    else if (!known.some((positive) => positive.doc_id === doc_id)) known.push({ doc_id, grade });
  }
}
