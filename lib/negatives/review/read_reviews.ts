import { KitError } from "../../core/errors.ts";
import { readJsonl } from "../../files/jsonl.ts";
import { REVIEWS } from "../../tables/reviews.ts";
import type { Table } from "../../tables/table.ts";
import { verdictsByPair } from "./pairs.ts";

/**
 * Reads a file of verdicts, as the explorer's review mode saves it: JSONL with `query_id`, `doc_id` or `text`,
 * `verdict`, `reviewer`.
 *
 * @throws {KitError} if a line is broken, names neither document nor text, or contradicts another line.
 *
 * @example
 * ```ts
 * import { readReviews } from "@syneg/kit";
 * const path = `${await Deno.makeTempDir()}/verdicts.jsonl`;
 * await Deno.writeTextFile(path, `{"query_id": "q1", "doc_id": "d7", "verdict": "dropped", "reviewer": "Ada"}\n`);
 * console.log((await readReviews(path)).row(0).verdict); // dropped
 * ```
 * @category Negatives
 */
export async function readReviews(path: string): Promise<Table<typeof REVIEWS>> {
  const reviews = await readJsonl(path, REVIEWS);
  const [documents, texts] = [reviews.column("doc_id"), reviews.column("text")];
  for (let row = 0; row < reviews.length; row++) {
    if ((documents.at(row) === null) !== (texts.at(row) === null)) continue;
    const found = texts.at(row) === null ? "neither" : "both";
    throw new KitError(`Cannot read verdict ${row + 1}: it needs doc_id or text, found ${found}`, { file: path });
  }
  checkConflicts(reviews, path);
  return reviews;
}

/** @throws {KitError} with the first two rows that disagree on the same query and passage. */
export function checkConflicts(reviews: Table<typeof REVIEWS>, file?: string): void {
  verdictsByPair(reviews, (first, second) => {
    const said = (row: number) => `verdict ${row + 1} is "${reviews.row(row).verdict}"`;
    throw new KitError(
      `Cannot use verdicts that contradict each other: of query "${reviews.row(first).query_id}" and one passage, ` +
        `${said(first)}, ${said(second)}; keep one file for each reviewer`,
      { file },
    );
  });
}
