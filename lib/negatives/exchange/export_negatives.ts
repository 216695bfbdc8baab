import { checkNegatives } from "../../collections/check_arguments.ts";
import { checkOptions } from "../../core/options.ts";
import { ArgumentError, KitError } from "../../core/errors.ts";
import type { WriteOptions } from "../../core/files.ts";
import { type Passage, passageText } from "../../collections/passage.ts";
import { rowsById } from "../../tables/rows_by_id.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { type NegativesContext, negativesContext } from "../context.ts";
import type { Example } from "./example.ts";
import { type FormatName, FORMATS } from "./formats.ts";
import { kindOf, writeRows } from "./records.ts";

/**
 * Options of {@link exportNegatives}.
 *
 * @category Negatives
 */
export interface ExportOptions extends WriteOptions {
  /** Collection that the negatives belong to. */
  collection: Collection;
  /** Format of the library that reads the file. */
  format: FormatName;
  /** Negatives of every row, for n-tuples only. Omit for the smallest number that a query with negatives has. */
  count?: number;
  /**
   * Split of the known positives.
   * @default {"train"}
   */
  split?: string;
}

/**
 * What an export holds, and what it leaves out.
 *
 * @category Negatives
 */
export interface ExportReport {
  /** Rows of the file. */
  readonly rows: number;
  /** Kept negatives of the table. */
  readonly negatives: number;
  /** Those left out of the file: without text, or beyond what the format holds. */
  readonly leftOut: number;
  /** Queries without a kept negative. They have no row: readers of these formats stop at one. */
  readonly without: number;
  /**
   * Rows that lack a score, for formats with scores. One such row, and the file has no scores: readers want all or none. A
   * positive has a score if it is the query's only one and all negatives were scored beside it.
   */
  readonly unscored: number;
}

/**
 * Writes the kept negatives with their queries and positives for training with another library, as JSON lines or Parquet
 * by the ending of `path`. Queries without negatives, passages without text and what the format cannot hold are left out
 * and counted in the report.
 *
 * @throws {ArgumentError} for an unknown format or ending.
 * @throws {KitError} if the file exists, or if no row is left.
 *
 * @example
 * ```ts
 * import { exportNegatives, loadCollection, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const negatives = await mine(facets, { source: "bm25", depth: 5 });
 * const folder = await Deno.makeTempDir();
 * console.log(await exportNegatives(`${folder}/train.jsonl`, negatives, { collection: facets, format: "flagembedding" }));
 * ```
 * @category Negatives
 */
export async function exportNegatives(
  path: string,
  negatives: Table<typeof NEGATIVES>,
  options: ExportOptions,
): Promise<ExportReport> {
  checkNegatives("exportNegatives", negatives);
  checkOptions<ExportOptions>("exportNegatives", options, {
    collection: "object",
    format: "string",
    count: "number",
    split: "string",
    overwrite: "boolean",
  });
  const { collection, format, count, split, overwrite } = options;
  const rule = FORMATS.make(format);
  kindOf(path);
  if (count !== undefined && !(Number.isInteger(count) && count >= 1)) {
    throw new ArgumentError(`count must be an integer >= 1, found ${count}`, { field: "count" });
  }
  const context = negativesContext(negatives, collection, { split });
  const { examples, total, textless, without } = examplesOf(negatives, context, format);
  const { rows, columns, leftOut, unscored = 0 } = rule.write(examples, { count });
  if (rows.length === 0) {
    throw new KitError(
      `Cannot export as ${format}: of ${total} kept negatives no row is left; ${without} of ` +
        `${context.positives.size} queries have no negatives`,
    );
  }
  const parquet = kindOf(path) === "parquet";
  await writeRows(path, parquet && format === "gpl" ? rows.map(listed) : rows, columns, { overwrite });
  return { rows: rows.length, negatives: total, leftOut: leftOut + textless, without, unscored };
}

/** Queries with a positive and a negative that have text; counts the kept negatives and those left out. */
function examplesOf(negatives: Table<typeof NEGATIVES>, context: NegativesContext, format: FormatName) {
  const { pool, positives, collection, query } = context;
  const metadata = collection.queries.column("metadata");
  const queryRows = rowsById(collection.queries);
  const examples: Example[] = [];
  let [total, textless, without] = [0, 0, 0];
  for (const [queryId, known] of positives) {
    const rows = pool.kept.get(queryId) ?? [];
    const sides = sidesOf(rows, known, { negatives, context });
    total += rows.length;
    if (rows.length === 0) without++;
    const whole = sides.negatives.length > 0 && sides.positives.length > 0;
    textless += rows.length - (whole ? sides.negatives.length : 0);
    if (!whole) continue;
    const extra = JSON.parse(metadata.at(queryRows.get(queryId)!) ?? "{}")[format];
    examples.push({ query_id: queryId, query: query(queryId), extra, ...sides });
  }
  return { examples, total, textless, without };
}

/** Positives and negatives of a query that have text, with scores if one scorer gave them. */
function sidesOf(
  rows: readonly number[],
  known: readonly string[],
  { negatives, context: { pool, passage, document } }: {
    negatives: Table<typeof NEGATIVES>;
    context: NegativesContext;
  },
): Pick<Example, "positives" | "negatives"> {
  const [ids, scorers] = [negatives.column("doc_id"), negatives.column("scorer")];
  // Scores of one scorer have one positive score beside them.
  const beside = new Set(rows.map((row) => pool.positiveScore(row)));
  const [positiveScore] = beside.size === 1 ? beside : [NaN];
  const scored = Number.isFinite(positiveScore);
  // The table holds the lowest positive's score, which is each one's only if there is one.
  const score = scored && known.length === 1 ? { score: positiveScore } : {};
  return {
    positives: known.map((id) => ({ id, ...document(id), ...score })).filter(hasText),
    negatives: rows.map((row) => ({
      id: ids.at(row) ?? undefined,
      ...passage(row),
      retriever: pool.source(row) === "imported" ? scorers.at(row) ?? "imported" : pool.source(row),
      ...(scored && Number.isFinite(pool.score(row)) && { score: pool.score(row) }),
    })).filter(hasText),
  };
}

/** Whether a passage has a text to train on. */
function hasText(passage: Passage): boolean {
  return passageText(passage).trim() !== "";
}

/** GPL's retrievers are keys, which Parquet's columns cannot be: a list of them instead. */
function listed(row: Record<string, unknown>): Record<string, unknown> {
  const neg = Object.entries(row.neg as Record<string, string[]>);
  return { ...row, neg: neg.map(([retriever, docids]) => ({ retriever, docids })) };
}
