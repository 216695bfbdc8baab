import { counted } from "../core/format_numbers.ts";
import { showRows } from "../core/show_rows.ts";
import type { NEGATIVES, QRELS, Verdict } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";

/**
 * How well two raters agree on the same items.
 *
 * @category Generation
 */
export interface Agreement {
  /** The labels, in the order of the confusion matrix. */
  readonly labels: readonly string[];
  /** `confusion[i][j]`: items that the reference labels `labels[i]` and the other rater `labels[j]`. */
  readonly confusion: readonly (readonly number[])[];
  /** Items that both rate. */
  readonly count: number;
  /** Share of equal labels. */
  readonly agreement: number;
  /** Cohen's kappa: agreement beyond chance; NaN if chance alone gives full agreement. */
  readonly kappa: number;
}

/**
 * Confusion matrix and Cohen's kappa of two lists of labels (J. Cohen, A coefficient of agreement for nominal scales,
 * 1960).
 *
 * @param labels Order of the labels. Omit for all that occur, sorted.
 * @throws {RangeError} if the lists differ in length or are empty, or hold a label that is not in `labels`.
 *
 * @example
 * ```ts
 * import { agreement } from "@syneg/kit";
 * const { kappa } = agreement(["kept", "dropped", "kept", "kept"], ["kept", "dropped", "dropped", "kept"]);
 * console.log(kappa);
 * ```
 *
 * @category Generation
 */
export function agreement(
  reference: readonly string[],
  other: readonly string[],
  labels?: readonly string[],
): Agreement {
  const count = reference.length;
  if (count !== other.length || count === 0) {
    throw new RangeError(`The lists of labels must have the same length >= 1, found ${count} and ${other.length}`);
  }
  const names = labels ?? [...new Set([...reference, ...other])].sort();
  const confusion = names.map(() => names.map(() => 0));
  for (let k = 0; k < count; k++) {
    const [i, j] = [names.indexOf(reference[k]), names.indexOf(other[k])];
    if (i < 0 || j < 0) {
      throw new RangeError(`Labels must be one of ${names.join(", ")}, found "${i < 0 ? reference[k] : other[k]}"`);
    }
    confusion[i][j]++;
  }
  const rows = confusion.map((row) => row.reduce((a, b) => a + b));
  const columns = names.map((_, j) => confusion.reduce((sum, row) => sum + row[j], 0));
  const observed = names.reduce((sum, _, i) => sum + confusion[i][i], 0) / count;
  const chance = names.reduce((sum, _, i) => sum + rows[i] * columns[i], 0) / count ** 2;
  const kappa = (observed - chance) / (1 - chance);
  return showRows({ labels: names, confusion, count, agreement: observed, kappa }, () => ({
    title: `${counted(count, "item")}: agreement ${observed.toFixed(3)}, kappa ${
      Number.isNaN(kappa) ? "undefined" : kappa.toFixed(3)
    }`,
    head: ["reference \\ other", ...names],
    rows: names.map((name, i) => [name, ...confusion[i]]),
  }));
}

/**
 * The verdicts that complete qrels give every row: "kept" for grade 0 or none, "dropped" for grade 1 (answers in part),
 * "relabeled" above it. Null for rows without a document of the corpus.
 *
 * @example
 * ```ts
 * import { knownVerdicts, loadCollection, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const negatives = await mine(facets, { source: "random", depth: 3 });
 * console.log(knownVerdicts(negatives, facets.qrels.complete).slice(0, 3));
 * ```
 *
 * @category Generation
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
