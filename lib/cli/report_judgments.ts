import type { Collection } from "../collections/mod.ts";
import { agreement, type GenerateOptions, knownVerdicts, promptInputs } from "../generators/mod.ts";
import { type NEGATIVES, type Table, VERDICTS } from "../tables/mod.ts";

/** Reports the verdicts of this run, and how they agree with complete judgments. Exit code 1 without a verdict. */
export function reportJudgments(
  mined: Table<typeof NEGATIVES>,
  judged: Table<typeof NEGATIVES>,
  collection: Collection,
  { split, limit }: GenerateOptions,
): number {
  const asked = new Set(promptInputs(collection, { split, limit }).map(({ queryId }) => queryId));
  const [before, verdicts] = [mined.column("verdict"), [...judged.column("verdict")]];
  const [queries, reasons] = [judged.column("query_id"), judged.column("reason")];
  // A row that an earlier run judged keeps that run's reason and is not counted here.
  const hasReason = (row: number, word: string) =>
    before.at(row) === "kept" && asked.has(queries.at(row)) && reasons.at(row)?.startsWith(word) === true;
  const rows = [...verdicts.keys()];
  const read = rows.filter((row) => hasReason(row, "judge: "));
  const unread = rows.filter((row) => hasReason(row, "not judged: ")).length;
  const words = VERDICTS.map((word) => `${read.filter((row) => verdicts[row] === word).length} ${word}`);
  console.log(`${read.length} candidates judged: ${words.join(", ")}; ${unread} not judged`);
  if (read.length === 0) {
    console.error('generate: nothing was judged; see the column "reason"');
    return 1;
  }
  printAgreement(judged, read, collection);
  return 0;
}

/** Compares the verdicts with the complete judgments, if the collection has them. */
function printAgreement(judged: Table<typeof NEGATIVES>, rows: readonly number[], collection: Collection): void {
  if (!Object.hasOwn(collection.qrels, "complete")) return;
  const known = knownVerdicts(judged, collection.qrels.complete);
  const verdicts = judged.column("verdict");
  const pairs = rows.filter((row) => known[row] !== null).map((row) => [known[row]!, verdicts.at(row)] as const);
  if (pairs.length === 0) return;
  const { labels, confusion, count, agreement: share, kappa } = agreement(
    pairs.map(([known]) => known),
    pairs.map(([, verdict]) => verdict),
    VERDICTS,
  );
  console.log(`against ${count} complete judgments: agreement ${share.toFixed(3)}, kappa ${kappa.toFixed(3)}`);
  console.log(`known \\ judge   ${labels.map((label) => label.padStart(11)).join("")}`);
  for (const [i, label] of labels.entries()) {
    console.log(`${label.padEnd(15)}${confusion[i].map((cell) => String(cell).padStart(11)).join("")}`);
  }
}
