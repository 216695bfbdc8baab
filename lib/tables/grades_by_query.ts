import { KitError } from "../core/errors.ts";
import type { QRELS } from "./schema.ts";
import type { Table } from "./table.ts";

/**
 * Grades by document, by query, in the order of the judgments.
 *
 * @throws {KitError} if a document has two different grades for one query.
 */
export function gradesByQuery(qrels: Table<typeof QRELS>): Map<string, Map<string, number>> {
  const result = new Map<string, Map<string, number>>();
  const queries = qrels.column("query_id");
  const documents = qrels.column("doc_id");
  const grades = qrels.numbers("grade");
  for (let row = 0; row < qrels.length; row++) {
    const query = queries.at(row);
    const document = documents.at(row);
    let known = result.get(query);
    if (known === undefined) result.set(query, known = new Map());
    const before = known.get(document);
    if (before !== undefined && before !== grades[row]) {
      throw new KitError(
        `Cannot use the judgments: query "${query}" has document "${document}" twice, with grades ${before} and ${
          grades[row]
        }`,
      );
    }
    known.set(document, grades[row]);
  }
  return result;
}
