import { checkNegatives } from "../../collections/check_arguments.ts";
import { checkOptions } from "../../core/options.ts";
import { ArgumentError, KitError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import type { WriteOptions } from "../../core/files.ts";
import { type Passage, passageText } from "../../collections/passage.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { type FilterContext, filterContext } from "../filters/filter.ts";
import { checkCount } from "../sampling/sampler.ts";
import type { Example, Format } from "./example.ts";
import { type FormatName, formats } from "./formats.ts";
import { kindOf, writeRows } from "./records.ts";

/** Options of {@link exportNegatives}. */
export interface ExportOptions extends WriteOptions {
  format: FormatName;
  /** Negatives of every row; for n-tuples only. @default the smallest number that a query with negatives has */
  count?: number;
  /** Split of the known positives. @default "train" */
  split?: string;
}

/** What an export holds, and what it does not. */
export interface ExportReport {
  readonly rows: number;
  /** Kept negatives in all. */
  readonly negatives: number;
  /** Those that are not in the file: without text, or beyond what the format can hold. */
  readonly leftOut: number;
  /** Queries that have no kept negative, and no row: the readers of these formats stop at one without. */
  readonly without: number;
  /**
   * Rows that lack a score of a passage, for formats with scores: one such row, and the file has no scores, since their
   * readers want all or none. A positive has a score where it is the query's only one and all negatives were scored
   * beside it.
   */
  readonly unscored: number;
}

/**
 * Writes the kept negatives with their queries and positives in the form that another library trains on, as JSON lines
 * or Parquet by the ending of `path`. Queries without a negative, passages without text and what the format cannot hold
 * are left out and counted in the report.
 *
 * @throws {ArgumentError} for an unknown format or ending. @throws {KitError} if the file exists, or no row is left.
 *
 * @example
 * ```ts
 * import { exportNegatives, loadCollection, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const negatives = await mine(facets, { source: "bm25", depth: 5 });
 * const folder = await Deno.makeTempDir();
 * console.log(await exportNegatives(`${folder}/train.jsonl`, negatives, { collection: facets, format: "flagembedding" }));
 * ```
 */
export async function exportNegatives(
  path: string,
  negatives: Table<typeof NEGATIVES>,
  options: ExportOptions & { collection: Collection },
): Promise<ExportReport> {
  checkNegatives("exportNegatives", negatives);
  checkOptions<ExportOptions & { collection: Collection }>("exportNegatives", options, {
    collection: "object",
    format: "string",
    count: "number",
    split: "string",
    overwrite: "boolean",
  });
  const { collection, format, count, split, overwrite } = options;
  const rule = formatOf(format);
  kindOf(path);
  if (count !== undefined) checkCount(count);
  const context = filterContext(negatives, collection, { split });
  const { examples, total, textless, without } = examplesOf(negatives, context, format);
  const { rows, columns, leftOut, unscored = 0 } = rule.write(examples, { count });
  if (rows.length === 0) {
    throw new KitError(
      `Cannot export as ${format}: no row is left of ${total} kept negatives; ${without} of ` +
        `${context.positives.size} queries have none`,
    );
  }
  const parquet = kindOf(path) === "parquet";
  await writeRows(path, parquet && format === "gpl" ? rows.map(listed) : rows, columns, { overwrite });
  return { rows: rows.length, negatives: total, leftOut: leftOut + textless, without, unscored };
}

/** Every query with a positive and a negative that have text; counts the kept negatives, and what is left out. */
function examplesOf(negatives: Table<typeof NEGATIVES>, context: FilterContext, format: FormatName) {
  const { pool, positives, collection, passage, document, query } = context;
  const [ids, scorers] = [negatives.column("doc_id"), negatives.column("scorer")];
  const metadata = new Map<string, string | null>();
  for (const row of collection.queries.rows()) metadata.set(row.id, row.metadata);
  const examples: Example[] = [];
  let [total, textless, without] = [0, 0, 0];
  for (const [query_id, known] of positives) {
    const rows = pool.kept.get(query_id) ?? [];
    total += rows.length;
    // Scores of one scorer have one positive score beside them.
    const beside = new Set(rows.map((row) => pool.positiveScore(row)));
    const [positiveScore] = beside.size === 1 ? beside : [NaN];
    const scored = Number.isFinite(positiveScore);
    const left = rows.map((row) => ({
      id: ids.at(row) ?? undefined,
      ...passage(row),
      retriever: pool.source(row) === "imported" ? scorers.at(row) ?? "imported" : pool.source(row),
      ...(scored && Number.isFinite(pool.score(row)) && { score: pool.score(row) }),
    })).filter(hasText);
    // The table has the lowest positive's score alone, which is each one's only where there is one.
    const score = scored && known.length === 1 ? { score: positiveScore } : {};
    const answers = known.map((id) => ({ id, ...document(id), ...score })).filter(hasText);
    if (rows.length === 0) without++;
    const whole = left.length > 0 && answers.length > 0;
    textless += rows.length - (whole ? left.length : 0);
    if (!whole) continue;
    const extra = JSON.parse(metadata.get(query_id) ?? "{}")[format];
    examples.push({ query_id, query: query(query_id), extra, positives: answers, negatives: left });
  }
  return { examples, total, textless, without };
}

/** Whether a passage has a text to train on. */
function hasText(passage: Passage): boolean {
  return passageText(passage).trim() !== "";
}

/** @throws {ArgumentError} for a format that does not exist. */
export function formatOf(name: string): Format {
  if (!Object.hasOwn(formats, name)) {
    throw new ArgumentError(`Unknown exchange format "${name}": ${suggestion(name, Object.keys(formats))}`);
  }
  return formats[name as FormatName];
}

/** GPL's retrievers are keys, which columns cannot be: a list of them instead. */
function listed(row: Record<string, unknown>): Record<string, unknown> {
  const neg = Object.entries(row.neg as Record<string, string[]>);
  return { ...row, neg: neg.map(([retriever, docids]) => ({ retriever, docids })) };
}
