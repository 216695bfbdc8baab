import { checkNegatives } from "../../data/check_arguments.ts";
import { checkOptions } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import type { WriteOptions } from "../../core/files.ts";
import type { NEGATIVES } from "../../data/schema.ts";
import type { Table } from "../../data/table.ts";
import type { Collection } from "../../data/types.ts";
import { filterContext } from "../filter.ts";
import { checkCount } from "../sampler.ts";
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
  /** Those that the format could not hold. */
  readonly leftOut: number;
  /** Queries without a kept negative. */
  readonly without: number;
}

/**
 * Writes the kept negatives with their queries and positives in the form that another library trains on, as JSON lines
 * or Parquet by the ending of `path`. What the format cannot hold is counted in the report.
 *
 * @throws {ArgumentError} for an unknown format or ending. @throws {KitError} if the file exists.
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
  const { pool, positives, passage, document, query } = filterContext(negatives, collection, { split });
  const ids = negatives.column("doc_id");
  const metadata = new Map<string, string | null>();
  for (const row of collection.queries.rows()) metadata.set(row.id, row.metadata);
  let without = 0;
  let total = 0;
  const examples = [...positives].map(([query_id, known]): Example => {
    const rows = pool.kept.get(query_id) ?? [];
    if (rows.length === 0) without++;
    total += rows.length;
    const positiveScore = rows.length > 0 ? pool.positiveScore(rows[0]) : NaN;
    return {
      query_id,
      query: query(query_id),
      extra: JSON.parse(metadata.get(query_id) ?? "{}")[format],
      positives: known.map((id) => ({
        id,
        ...document(id),
        // The table has the lowest positive's score alone, which is each one's only where there is one.
        ...(known.length === 1 && Number.isFinite(positiveScore) && { score: positiveScore }),
      })),
      negatives: rows.map((row) => ({
        id: ids.at(row) ?? undefined,
        ...passage(row),
        retriever: pool.source(row),
        ...(Number.isFinite(pool.score(row)) && { score: pool.score(row) }),
      })),
    };
  });
  const { rows, columns, leftOut } = rule.write(examples, { count });
  const parquet = kindOf(path) === "parquet";
  await writeRows(path, parquet && format === "gpl" ? rows.map(listed) : rows, columns, { overwrite });
  return { rows: rows.length, negatives: total, leftOut, without };
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
