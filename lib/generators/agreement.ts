import type { NEGATIVES, QRELS, Verdict } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";

/** How two readers' words on the same things agree. */
export interface Agreement {
  /** The words, in the order of the table. */
  readonly labels: readonly string[];
  /** `confusion[i][j]`: how often the reference says `labels[i]` and the other `labels[j]`. */
  readonly confusion: readonly (readonly number[])[];
  /** Things that both spoke of. */
  readonly count: number;
  /** Share of equal words. */
  readonly agreement: number;
  /** Cohen's kappa: agreement beyond chance; NaN when chance alone would agree always. */
  readonly kappa: number;
}

/**
 * Confusion table and Cohen's kappa of two lists of labels (J. Cohen, A coefficient of agreement for nominal scales,
 * 1960).
 *
 * @throws {RangeError} if the lists differ in length or are empty.
 *
 * @example
 * ```ts
 * import { agreement } from "@syneg/kit";
 * const { kappa } = agreement(["kept", "dropped", "kept", "kept"], ["kept", "dropped", "dropped", "kept"]);
 * console.log(kappa);
 * ```
 */
export function agreement(
  reference: readonly string[],
  other: readonly string[],
  labels?: readonly string[],
): Agreement {
  const count = reference.length;
  if (count !== other.length || count === 0) {
    throw new RangeError(`Cannot compare ${count} labels with ${other.length}: wanted as many of both, at least one`);
  }
  const names = labels ?? [...new Set([...reference, ...other])].sort();
  const confusion = names.map(() => names.map(() => 0));
  for (let k = 0; k < count; k++) {
    const [i, j] = [names.indexOf(reference[k]), names.indexOf(other[k])];
    if (i < 0 || j < 0) {
      throw new RangeError(`Cannot count label "${i < 0 ? reference[k] : other[k]}": not in ${names}`);
    }
    confusion[i][j]++;
  }
  const rows = confusion.map((row) => row.reduce((a, b) => a + b));
  const columns = names.map((_, j) => confusion.reduce((sum, row) => sum + row[j], 0));
  const observed = names.reduce((sum, _, i) => sum + confusion[i][i], 0) / count;
  const chance = names.reduce((sum, _, i) => sum + rows[i] * columns[i], 0) / count ** 2;
  return { labels: names, confusion, count, agreement: observed, kappa: (observed - chance) / (1 - chance) };
}

/**
 * What complete judgements say of every row: grade 0 or none is "kept", grade 1 "dropped" (answers in part), above it
 * "relabeled". Rows without a document of the corpus are null.
 */
export function knownVerdicts(negatives: Table<typeof NEGATIVES>, qrels: Table<typeof QRELS>): (Verdict | null)[] {
  const grades = new Map<string, number>();
  for (const { query_id, doc_id, grade } of qrels.rows()) grades.set(JSON.stringify([query_id, doc_id]), grade);
  const ids = negatives.column("doc_id");
  return [...negatives.column("query_id")].map((query_id, row) => {
    const doc_id = ids.at(row);
    if (doc_id === null) return null;
    const grade = grades.get(JSON.stringify([query_id, doc_id])) ?? 0;
    return grade <= 0 ? "kept" : grade === 1 ? "dropped" : "relabeled";
  });
}
