import { basename } from "node:path";
import type { Collection } from "../collections/mod.ts";
import { ArgumentError } from "../core/errors.ts";
import { textTable } from "../core/text_table.ts";
import { knownVerdicts } from "../generators/mod.ts";
import { type Judged, readReviews, ruleOf, verdictAgreement } from "../negatives/mod.ts";
import { type NEGATIVES, REVIEWS, selectRows, type Table, tableOf } from "../tables/mod.ts";

/**
 * A table of agreement and Cohen's kappa: of every two reviewers, and of each with the judge (or else the table's own
 * verdicts) and with complete judgments, if there are any.
 *
 * @param files Files of verdicts, one for each reviewer.
 */
export async function auditVerdicts(
  files: readonly string[],
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
): Promise<string> {
  const reviewers = await Promise.all(
    files.map(async (file): Promise<[string, Judged]> => [basename(file), await readReviews(file)]),
  );
  const others = references(negatives, collection);
  const rows = reviewers.flatMap(([name, reviews], i) =>
    [...reviewers.slice(i + 1), ...others].map(([other, table]) => [name, other, ...cells(reviews, table)])
  );
  return `verdicts of reviewers\n${textTable(["verdicts", "against", "pairs", "agreement", "kappa"], rows)}`;
}

/** What reviewers are compared with beside each other. */
function references(negatives: Table<typeof NEGATIVES>, collection: Collection): [string, Judged][] {
  const reasons = [...negatives.column("reason")];
  const judged = reasons.flatMap((reason, row) => reason !== null && ruleOf(reason) === "judge" ? [row] : []);
  const own: [string, Judged] = judged.length > 0
    ? ["the judge", selectRows(negatives, judged)]
    : ["the table", negatives];
  if (!("complete" in collection.qrels)) return [own];
  const known = knownVerdicts(negatives, collection.qrels.complete);
  const rows = [...negatives.rows()].flatMap(({ query_id, doc_id }, row) =>
    known[row] === null ? [] : [{ query_id, doc_id, verdict: known[row] }]
  );
  return [own, ["complete judgments", tableOf(REVIEWS, rows)]];
}

function cells(reviews: Judged, other: Judged): [pairs: number, agreement: string, kappa: string] {
  try {
    const { count, agreement, kappa } = verdictAgreement(reviews, other);
    // Two that give one and the same verdict throughout agree no better than chance would.
    return [count, agreement.toFixed(3), Number.isNaN(kappa) ? "undefined" : kappa.toFixed(3)];
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    return [0, "", ""];
  }
}
