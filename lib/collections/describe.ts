import { count } from "../core/format_numbers.ts";
import { textTable } from "../core/text_table.ts";
import { isUnspaced, words } from "../core/words.ts";
import type { TextView } from "../tables/columns.ts";
import type { QRELS } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import type { Finding } from "../files/finding.ts";
import type { Collection, CollectionPaths } from "./types.ts";

/**
 * Lengths of texts in words: split at white space, or by a dictionary in scripts without spaces.
 *
 * @category Collections
 */
export interface Lengths {
  /** Words in the shortest text. */
  readonly least: number;
  /** Median. */
  readonly median: number;
  /** Mean. */
  readonly mean: number;
  /** 95th percentile. */
  readonly p95: number;
  /** Words in the longest text. */
  readonly most: number;
}

/**
 * Numbers of one split.
 *
 * @category Collections
 */
export interface SplitSummary {
  /** Its name. */
  readonly split: string;
  /** Queries with a judgment. */
  readonly queries: number;
  /** Rows of its table. */
  readonly judgments: number;
  /** Mean number of judgments above 0 per judged query. */
  readonly positives: number;
  /** How often each grade occurs. */
  readonly grades: Readonly<Record<string, number>>;
}

/**
 * A collection in numbers; prints as text.
 *
 * @category Collections
 */
export interface Description {
  /** The name it was loaded by. */
  readonly name: string;
  /** Where it came from, exactly. */
  readonly origin: string;
  /** sha256 over all rows. */
  readonly digest: string;
  /** Rows of the corpus. */
  readonly documents: number;
  /** Rows of the queries. */
  readonly queries: number;
  /** One entry per split. */
  readonly splits: readonly SplitSummary[];
  /** Of title and text. */
  readonly documentWords: Lengths;
  /** Of the queries. */
  readonly queryWords: Lengths;
  /** Irregularities, with counts and examples. */
  readonly findings: readonly Finding[];
  /** Which files were read, by table. */
  readonly files?: CollectionPaths;
}

/**
 * Counts, splits, lengths and findings of a collection.
 *
 * @example
 * ```ts
 * import { describe, loadCollection } from "@syneg/kit";
 * console.log(describe(await loadCollection("facets")));
 * ```
 * @category Collections
 */
export function describe(collection: Collection): Description {
  const { name, origin = name, digest, corpus, queries, qrels, findings, files } = collection;
  return new Shown({
    name,
    origin,
    digest,
    documents: corpus.length,
    queries: queries.length,
    splits: Object.entries(qrels).map(([split, table]) => summary(split, table)),
    documentWords: lengths([corpus.texts("title"), corpus.texts("text")]),
    queryWords: lengths([queries.texts("text")]),
    findings,
    files,
  });
}

function summary(split: string, qrels: Table<typeof QRELS>): SplitSummary {
  const grades = new Map<number, number>();
  for (const grade of qrels.numbers("grade")) grades.set(grade, (grades.get(grade) ?? 0) + 1);
  const positives = [...grades].reduce((sum, [grade, count]) => grade > 0 ? sum + count : sum, 0);
  const queries = new Set(qrels.column("query_id")).size;
  const sorted = [...grades].sort(([a], [b]) => b - a).map(([grade, count]) => [String(grade), count]);
  return {
    split,
    queries,
    judgments: qrels.length,
    positives: queries === 0 ? 0 : positives / queries,
    grades: Object.fromEntries(sorted),
  };
}

function lengths(columns: readonly TextView[]): Lengths {
  const counts = new Int32Array(columns[0].length);
  for (let row = 0; row < counts.length; row++) {
    for (const column of columns) counts[row] += wordsIn(column.bytes(row));
  }
  counts.sort();
  const at = (share: number) => counts[Math.min(counts.length - 1, Math.floor(share * counts.length))] ?? 0;
  const sum = counts.reduce((total, count) => total + count, 0);
  return { least: at(0), median: at(0.5), mean: sum / Math.max(1, counts.length), p95: at(0.95), most: at(1) };
}

/** Counts on the bytes, so that few texts are decoded. */
function wordsIn(bytes: Uint8Array | null): number {
  if (bytes === null) return 0;
  let count = 0;
  let inside = false;
  let far = false;
  for (let i = 0; i < bytes.length; i++) {
    const space = bytes[i] <= 32;
    if (!space && !inside) count++;
    inside = !space;
    // Scripts without spaces begin past U+0E00: three bytes in UTF-8 at least.
    far ||= bytes[i] >= 0xe0;
  }
  if (!far) return count;
  const text = decoder.decode(bytes);
  return isUnspaced(text) ? words(text).length : count;
}

const decoder = new TextDecoder();

class Shown implements Description {
  declare readonly name: string;
  declare readonly origin: string;
  declare readonly digest: string;
  declare readonly documents: number;
  declare readonly queries: number;
  declare readonly splits: readonly SplitSummary[];
  declare readonly documentWords: Lengths;
  declare readonly queryWords: Lengths;
  declare readonly findings: readonly Finding[];
  declare readonly files?: CollectionPaths;

  constructor(description: Description) {
    Object.assign(this, description);
  }

  [Symbol.for("Deno.customInspect")](): string {
    return String(this);
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": String(this) };
  }

  toString(): string {
    const lengths = ({ least, median, mean, p95, most }: Lengths) =>
      `${least} to ${count(most)} words, median ${median}, mean ${mean.toFixed(1)}, 95 % up to ${p95}`;
    const rows: string[][] = [];
    for (const { split, queries, judgments, positives, grades } of this.splits) {
      const shown = Object.entries(grades).sort(([a], [b]) => Number(b) - Number(a)).map(([grade, n]) =>
        `${grade}: ${count(n)}`
      );
      rows.push([split, count(queries), count(judgments), positives.toFixed(2), shown.join(", ")]);
    }
    const table = textTable(["split", "queries", "judgments", "positives/query", "grades"], rows, { align: "lrrrl" });
    const read = this.files === undefined ? [] : [
      ["corpus", this.files.corpus] as const,
      ["queries", this.files.queries] as const,
      ...Object.entries(this.files.qrels),
    ].map(([table, paths]) => `  ${table}: ${named(paths)}`);
    const odd = this.findings.map(({ kind, count: n, examples }) => `  ${count(n)} ${kind}: ${named(examples, n)}`);
    return [
      this.name,
      ...(this.origin === this.name ? [] : [`  origin  ${this.origin}`]),
      `  documents  ${count(this.documents)}: ${lengths(this.documentWords)}`,
      `  queries    ${count(this.queries)}: ${lengths(this.queryWords)}`,
      `  digest     ${this.digest}`,
      "",
      ...table.split("\n").map((line) => `  ${line}`),
      "",
      ...(read.length > 0 ? ["Files read", ...read, ""] : []),
      ...(odd.length > 0 ? ["Findings", ...odd] : ["Findings: none"]),
    ].join("\n");
  }
}

/** The first few entries. */
function named(names: readonly string[], total = names.length): string {
  const shown = names.slice(0, 8);
  return shown.join("; ") + (shown.length < total && names.length > 8 ? ` and ${total - shown.length} more` : "");
}
