import { ArgumentError } from "../../core/errors.ts";
import { counted } from "../../core/format_numbers.ts";
import { type ShownRows, showRows } from "../../core/show_rows.ts";
import { type Agreement, agreement } from "../../generators/agreement.ts";
import { type Verdict, VERDICTS } from "../../tables/schema.ts";
import { type Judged, verdictsByPair } from "./pairs.ts";

/**
 * How well two sets of verdicts agree.
 *
 * @category Negatives
 */
export interface VerdictAgreement extends Agreement {
  /** Pairs on which they differ, in the order of the reference. */
  readonly disagreements: readonly Disagreement[];
}

/**
 * A query and a passage with two verdicts.
 *
 * @category Negatives
 */
export interface Disagreement {
  /** Id of the query. */
  readonly query_id: string;
  /** Id of the document; null if the passage was written. */
  readonly doc_id: string | null;
  /** Text of a written passage, otherwise null. */
  readonly text: string | null;
  /** Verdict of the first. */
  readonly reference: Verdict;
  /** Verdict of the second. */
  readonly other: Verdict;
}

/**
 * Compares verdicts on the same queries and passages: of two reviewers, or of a reviewer and a judged table. A pair on
 * which the rows of one table disagree, such as one that a filter dropped from one source only, is left out.
 *
 * @param reference Verdicts of a reviewer, or negatives with their verdicts.
 * @param other Those to compare with it.
 * @throws {ArgumentError} if no pair has a verdict in both.
 *
 * @example
 * ```ts
 * import { tableOf, verdictAgreement } from "@syneg/kit";
 * import { REVIEWS } from "@syneg/kit/tables";
 * const ada = tableOf(REVIEWS, [
 *   { query_id: "q1", doc_id: "d1", verdict: "kept" },
 *   { query_id: "q1", doc_id: "d2", verdict: "dropped" },
 * ]);
 * const bo = tableOf(REVIEWS, [
 *   { query_id: "q1", doc_id: "d1", verdict: "kept" },
 *   { query_id: "q1", doc_id: "d2", verdict: "kept" },
 * ]);
 * console.log(verdictAgreement(ada, bo).agreement); // 0.5
 * ```
 * @category Negatives
 */
export function verdictAgreement(reference: Judged, other: Judged): VerdictAgreement {
  const [first, second] = [reference, other].map((table) => verdictsByPair(table, () => {}));
  const shared = [...first.keys()].filter((key) => second.has(key));
  if (shared.length === 0) {
    throw new ArgumentError(
      `Cannot compare verdicts: none of the ${first.size} pairs of query and passage is among the other ${second.size}`,
    );
  }
  const of = (found: typeof first) => shared.map((key) => found.get(key)!.verdict);
  const disagreements = shared.flatMap((key): Disagreement[] => {
    const { row, verdict } = first.get(key)!;
    const answer = second.get(key)!.verdict;
    if (answer === verdict) return [];
    const { query_id, doc_id, text } = reference.row(row);
    return [{ query_id, doc_id, text: doc_id === null ? text : null, reference: verdict, other: answer }];
  });
  const found = { ...agreement(of(first), of(second), VERDICTS), disagreements };
  return showRows(found, () => shownAgreement(found));
}

/** A line with kappa, and the pairs on which the two differ. */
function shownAgreement({ count, agreement, kappa, disagreements }: VerdictAgreement): ShownRows {
  const beyond = Number.isNaN(kappa) ? "undefined" : kappa.toFixed(3);
  return {
    title: `${counted(count, "pair")}: agreement ${agreement.toFixed(3)}, kappa ${beyond}`,
    head: ["query", "passage", "reference", "other"],
    rows: disagreements.map(({ query_id, doc_id, text, reference, other }) => [
      ...[query_id, doc_id ?? `${text!.slice(0, 39)}…`],
      ...[reference, other],
    ]),
  };
}
