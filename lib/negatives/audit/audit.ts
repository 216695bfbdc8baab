import { checkCollection, checkNegatives } from "../../collections/check_arguments.ts";
import { knownPositives } from "../../collections/known_positives.ts";
import { positivesOf } from "../../collections/positives.ts";
import type { Collection } from "../../collections/types.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { poolOf } from "../pool.ts";
import { checkThreshold } from "../rules/positive_rules.ts";
import { auditRows, type CheckName, CHECKS } from "./audit_checks.ts";
import { Audit } from "./audit_report.ts";
import { type FalseNegativeOptions, falseNegatives } from "./false_negatives.ts";

/**
 * Options of {@link audit}.
 *
 * @category Negatives
 */
export interface AuditOptions extends FalseNegativeOptions {
  /**
   * Split of the known positives.
   * @default {"train"}
   */
  split?: string;
  /**
   * Jaccard overlap of three-word shingles from which a negative is a near-duplicate of a positive.
   * @default {0.8}
   */
  nearDuplicateThreshold?: number;
}

const AUDIT_OPTIONS: OptionKinds<AuditOptions> = {
  complete: "string",
  grades: "function",
  split: "string",
  nearDuplicateThreshold: "number",
};

/**
 * Checks the kept negatives against a collection. Errors: a known positive of the query, or of one that asks the same,
 * among the negatives (by id or text); the same negative twice for one query; numbers that are not finite; ids and rows
 * that point nowhere. Warnings: near-duplicates of positives, one document from two sources, queries without negatives.
 * With complete judgments it adds the exact false-negative rate of every source.
 *
 * @throws {ArgumentError} for an unknown option or split.
 *
 * @example
 * ```ts
 * import { audit, loadCollection, mine } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const report = await audit(await mine(facets, { source: "bm25", depth: 10 }), facets);
 * console.log(report.ok, report.falseNegatives);
 * ```
 * @category Negatives
 */
export async function audit(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  options: AuditOptions = {},
): Promise<Audit> {
  checkNegatives("audit", negatives);
  checkCollection("audit", collection);
  checkOptions<AuditOptions>("audit", options, AUDIT_OPTIONS);
  const { split, nearDuplicateThreshold: threshold = 0.8, complete = "complete" } = options;
  checkThreshold(threshold);
  const positives = positivesOf(collection, { split, negatives });
  const known = knownPositives(collection.queries, positives);
  const findings = auditRows(negatives, { collection, known, threshold });
  const pool = poolOf(negatives);
  const counts = new Map<number, number>();
  for (const queryId of positives.keys()) {
    const count = pool.kept.get(queryId)?.length ?? 0;
    counts.set(count, (counts.get(count) ?? 0) + 1);
    if (count === 0) findings["without-negatives"].push(queryId);
  }
  const checks = Object.entries(CHECKS).map(([name, check]) => {
    const all = findings[name as CheckName];
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
