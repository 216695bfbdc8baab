import { gradesByQuery } from "../../tables/grades_by_query.ts";
import { checkCollection, checkNegatives } from "../../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import type { NEGATIVES, Source } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { type ShownRows, showRows } from "../../core/show_rows.ts";
import { percentCell, textTable } from "../../core/text_table.ts";
import { poolOf } from "../pool.ts";
import { recordedGrades, type WrittenGrade } from "../../collections/recorded_grades.ts";

/**
 * How many kept negatives of a source are in fact relevant.
 *
 * @category Negatives
 */
export interface FalseNegatives {
  /** The source. */
  readonly source: Source;
  /** Kept rows. */
  readonly kept: number;
  /** Kept rows whose true grade is known. */
  readonly judged: number;
  /** Those with a grade above 0. */
  readonly relevant: number;
  /** Those with a grade of 2 or more: they answer the query fully. */
  readonly full: number;
  /** relevant / judged; NaN if nothing is judged. */
  readonly rate: number;
}

/**
 * Options of {@link falseNegatives}.
 *
 * @category Negatives
 */
export interface FalseNegativeOptions {
  /**
   * Split that judges every document of its queries; a document that it does not name is not relevant.
   * @default {"complete"}
   */
  complete?: string;
  /** Grades of written negatives. Omit for the recorded ones of the collection facets; others are then unknown. */
  grades?: WrittenGrade;
}

const FALSE_NEGATIVE_OPTIONS: OptionKinds<FalseNegativeOptions> = { complete: "string", grades: "function" };

/**
 * Exact false-negative rates by source, given complete judgments: mined negatives by document, written ones by their own
 * grades. Sources come in the order in which they first occur.
 *
 * @throws {ArgumentError} if the collection has no such split.
 *
 * @example
 * ```ts
 * import { falseNegatives, loadCollection, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const [bm25] = await falseNegatives(await mine(facets, { source: "bm25", depth: 10 }), facets);
 * console.log(bm25.rate.toFixed(3));
 * ```
 * @category Negatives
 */
export async function falseNegatives(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  options: FalseNegativeOptions = {},
): Promise<FalseNegatives[]> {
  checkNegatives("falseNegatives", negatives);
  checkCollection("falseNegatives", collection);
  checkOptions<FalseNegativeOptions>("falseNegatives", options, FALSE_NEGATIVE_OPTIONS);
  const { complete = "complete", grades } = options;
  const judgments = collection.qrels[complete];
  if (!judgments) {
    throw new ArgumentError(
      `Cannot count false negatives: ${collection.name} has no complete judgments "${complete}"`,
    );
  }
  const written = grades ?? (collection.name === "facets" ? await recordedGrades() : () => undefined);
  const truth = gradesByQuery(judgments);
  const pool = poolOf(negatives);
  const [ids, texts, verdicts] = [
    negatives.column("doc_id"),
    negatives.column("text"),
    negatives.column("verdict"),
  ];
  const counts = new Map<Source, { kept: number; judged: number; relevant: number; full: number }>();
  for (let row = 0; row < negatives.length; row++) {
    const source = pool.source(row);
    let count = counts.get(source);
    if (!count) counts.set(source, count = { kept: 0, judged: 0, relevant: 0, full: 0 });
    if (verdicts.at(row) !== "kept") continue;
    count.kept++;
    const query_id = pool.query(row);
    const id = ids.at(row);
    const grade = id === null
      ? written(query_id, texts.at(row) ?? "")
      : truth.has(query_id)
      ? truth.get(query_id)!.get(id) ?? 0
      : undefined;
    if (grade === undefined) continue;
    count.judged++;
    if (grade > 0) count.relevant++;
    if (grade > 1) count.full++;
  }
  const found = [...counts].map(([source, count]) => ({ source, ...count, rate: count.relevant / count.judged }));
  return showRows(found, () => shownRates(found));
}

/**
 * False-negative rates as lines of text.
 *
 * @example
 * ```ts
 * import { loadCollection, mine } from "@syneg/kit";
 * import { falseNegatives, falseNegativeTable } from "@syneg/kit/negatives";
 * const facets = await loadCollection("facets");
 * const mined = await mine(facets, { source: "bm25", depth: 3 });
 * console.log(falseNegativeTable(await falseNegatives(mined, facets)));
 * ```
 *
 * @category Negatives
 */
export function falseNegativeTable(rows: readonly FalseNegatives[]): string {
  const { head, rows: cells } = shownRates(rows);
  return textTable(head, cells);
}

function shownRates(rates: readonly FalseNegatives[]): ShownRows {
  return {
    head: ["source", "kept", "judged", "false negatives", "%", "of these fully relevant", "%"],
    rows: rates.map(({ source, kept, judged, relevant, rate, full }) => [
      ...[source, kept, judged, relevant],
      ...[percentCell(rate), full, percentCell(full / judged)],
    ]),
  };
}
