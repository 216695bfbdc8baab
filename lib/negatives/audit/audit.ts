import { checkCollection, checkNegatives } from "../../collections/check_arguments.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { Collection } from "../../collections/types.ts";
import { type CheckName, CHECKS, found } from "./audit_checks.ts";
import { type FalseNegativeOptions, type FalseNegatives, falseNegatives } from "./false_negatives.ts";
import { checkThreshold } from "../filters/positive_guard.ts";
import { knownPositives } from "../../collections/known_positives.ts";
import { poolOf } from "../pool.ts";
import { positivesOf } from "../../collections/positives.ts";
import { percent, textTable } from "../../core/text_table.ts";

/** Options of {@link audit}. */
export interface AuditOptions extends FalseNegativeOptions {
  /** Split of the known positives. @default "train" */
  split?: string;
  /** Shingle overlap from which a negative is a near-duplicate of a positive. @default 0.8 */
  duplicates?: number;
}

const AUDIT_OPTIONS: OptionKinds<AuditOptions> = {
  complete: "string",
  grades: "function",
  split: "string",
  duplicates: "number",
};

/** One check of an {@link Audit}. */
export interface Check {
  readonly name: CheckName;
  /** Errors fail the audit; warnings are reported. */
  readonly severity: "error" | "warning";
  readonly about: string;
  /** Kept rows (queries, for `without-negatives`) that it found. */
  readonly count: number;
  /** The first few. */
  readonly examples: readonly string[];
}

/** What {@link audit} found. Shows itself as tables. */
export class Audit {
  readonly checks: readonly Check[];
  /** By number of kept negatives: how many queries have that many. */
  readonly counts: ReadonlyMap<number, number>;
  /** By source; undefined where there are no complete judgements. */
  readonly falseNegatives: readonly FalseNegatives[] | undefined;

  constructor(parts: Pick<Audit, "checks" | "counts" | "falseNegatives">) {
    this.checks = parts.checks;
    this.counts = parts.counts;
    this.falseNegatives = parts.falseNegatives;
  }

  /** Whether no error was found. */
  get ok(): boolean {
    return this.checks.every((check) => check.severity === "warning" || check.count === 0);
  }

  /** Share of queries without a single negative. */
  get withoutNegatives(): number {
    const queries = [...this.counts.values()].reduce((a, b) => a + b, 0);
    return (this.counts.get(0) ?? 0) / queries;
  }

  toString(): string {
    const lines = [
      textTable(
        ["check", "", "found", "examples"],
        this.checks.map((check) => [
          check.name,
          check.count === 0 ? "ok" : check.severity,
          check.count,
          check.examples.join("; "),
        ]),
      ),
      "",
      textTable(
        ["negatives", "queries", "%"],
        [...this.counts].map(([count, queries]) => [
          count,
          queries,
          percent(queries / [...this.counts.values()].reduce((a, b) => a + b)),
        ]),
      ),
    ];
    if (this.falseNegatives) lines.push("", falseNegativeTable(this.falseNegatives));
    lines.push("", this.ok ? "audit passed" : "audit FAILED");
    return lines.join("\n");
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.toString() };
  }

  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}

/**
 * Checks the kept negatives against a collection. Errors: a known positive of the query, or of one that asks the same,
 * among the negatives (by id or text), the same negative twice for one query, numbers that are not finite, ids and rows that point nowhere. Warnings: near-duplicates of
 * positives, one document from two sources, queries without negatives. With complete judgements, the exact
 * false-negative rate of every source.
 *
 * @example
 * ```ts
 * import { audit, loadCollection, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const report = await audit(await mine(facets, { source: "bm25", depth: 10 }), facets);
 * console.log(report.ok, report.falseNegatives);
 * ```
 */
export async function audit(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  options: AuditOptions = {},
): Promise<Audit> {
  checkNegatives("audit", negatives);
  checkCollection("audit", collection);
  checkOptions<AuditOptions>("audit", options, AUDIT_OPTIONS);
  const { split, duplicates = 0.8, complete = "complete" } = options;
  checkThreshold(duplicates);
  const positives = positivesOf(collection, { split, negatives });
  const known = knownPositives(collection.queries, positives);
  const examples = found(negatives, collection, known, duplicates);
  const pool = poolOf(negatives);
  const counts = new Map<number, number>();
  for (const query_id of positives.keys()) {
    const count = pool.kept.get(query_id)?.length ?? 0;
    counts.set(count, (counts.get(count) ?? 0) + 1);
    if (count === 0) examples["without-negatives"].push(query_id);
  }
  const checks = Object.entries(CHECKS).map(([name, check]) => {
    const all = examples[name as CheckName];
    return { name: name as CheckName, ...check, count: all.length, examples: all.slice(0, 3) };
  });
  const judged = options.complete !== undefined || complete in collection.qrels;
  return new Audit({
    checks,
    counts: new Map([...counts].sort(([a], [b]) => a - b)),
    falseNegatives: judged
      ? await falseNegatives(negatives, collection, { complete, grades: options.grades })
      : undefined,
  });
}

/** The false-negative rates as lines of text. */
export function falseNegativeTable(rows: readonly FalseNegatives[]): string {
  return textTable(
    ["source", "kept", "judged", "false negatives", "%", "of these fully relevant", "%"],
    rows.map((row) => [
      row.source,
      row.kept,
      row.judged,
      row.relevant,
      percent(row.rate),
      row.full,
      percent(row.full / row.judged),
    ]),
  );
}
