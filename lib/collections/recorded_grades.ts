import { fileURLToPath } from "node:url";
import { KitError } from "../core/errors.ts";

/**
 * The grade of a written negative against its query: 0 is a true negative; undefined if nobody graded it.
 *
 * @category Collections
 */
export type WrittenGrade = (query_id: string, text: string) => number | undefined;

interface Reply {
  query_id: string;
  reply: { hard_negatives: { text: string }[] };
}

/**
 * The second reader's grades of the recorded replies of `facets`: every recorded negative has one, identified by its query
 * and text.
 *
 * @example
 * ```ts
 * import { generate, loadCollection, recordedGrades } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const written = await generate(facets, { recipe: "syneg", replay: true, quiet: true });
 * const gradeOf = await recordedGrades();
 * console.log([...written.rows()].filter((row) => gradeOf(row.query_id, row.text!) === 2).length); // 0
 * ```
 *
 * @category Collections
 */
export async function recordedGrades(): Promise<WrittenGrade> {
  const folder = new URL("../../data/facets/", import.meta.url);
  const file = fileURLToPath(new URL("reply-grades.tsv", folder));
  const above = new Map<string, number>();
  const [, ...lines] = (await Deno.readTextFile(file)).trimEnd().split("\n");
  lines.forEach((line, i) => {
    const [query_id, negative, grade] = line.split("\t");
    if (!(Number(negative) >= 1 && Number(grade) > 0)) {
      throw new KitError(`Cannot read a grade: found "${line}"`, { file, line: i + 2 });
    }
    above.set(key(query_id, negative), Number(grade));
  });
  const grades = new Map<string, number>();
  for (const line of (await Deno.readTextFile(new URL("replies.jsonl", folder))).trimEnd().split("\n")) {
    const { query_id, reply } = JSON.parse(line) as Reply;
    reply.hard_negatives.forEach(({ text }, i) => {
      grades.set(key(query_id, text), above.get(key(query_id, String(i + 1))) ?? 0);
    });
  }
  return (query_id, text) => grades.get(key(query_id, text));
}

function key(query_id: string, part: string): string {
  return `${query_id}\t${part}`;
}
