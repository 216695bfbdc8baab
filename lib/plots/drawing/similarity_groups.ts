import { SIMILARITIES, type Source, SOURCES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { checkNumber, checkTable } from "./checks.ts";

/** The rows of SIMILARITIES of one source. */
export interface SimilarityGroup {
  readonly source: Source;
  readonly similarity: Float64Array;
  readonly positive: Float64Array;
  /** Whether complete judgments call the row relevant; undefined if none of the group is judged. */
  readonly falseNegative: readonly boolean[] | undefined;
}

/** Splits similarities by source, in the order of {@link SOURCES}. */
export function similarityGroups(chart: string, table: Table<typeof SIMILARITIES>): SimilarityGroup[] {
  checkTable(chart, table, SIMILARITIES, ["source", "similarity", "positive_similarity", "false_negative"]);
  const similarity = table.numbers("similarity");
  const positive = table.numbers("positive_similarity");
  const known = [...table.column("false_negative")];
  const rows = new Map<Source, number[]>();
  let at = 0;
  for (const source of table.column("source")) {
    checkNumber(chart, similarity[at], `row ${at}, column "similarity"`);
    checkNumber(chart, positive[at], `row ${at}, column "positive_similarity"`);
    const own = rows.get(source as Source);
    if (own) own.push(at);
    else rows.set(source as Source, [at]);
    at++;
  }
  return SOURCES.filter((source) => rows.has(source)).map((source) => {
    const own = rows.get(source)!;
    return {
      source,
      similarity: Float64Array.from(own, (i) => similarity[i]),
      positive: Float64Array.from(own, (i) => positive[i]),
      falseNegative: own.some((i) => known[i] !== null) ? own.map((i) => known[i] === true) : undefined,
    };
  });
}
