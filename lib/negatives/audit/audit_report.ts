import { percentCell, textTable } from "../../core/text_table.ts";
import type { CheckName } from "./audit_checks.ts";
import { type FalseNegatives, falseNegativeTable } from "./false_negatives.ts";

/**
 * One check of an {@link Audit}.
 *
 * @category Negatives
 */
export interface Check {
  /** Name of the check. */
  readonly name: CheckName;
  /** Errors fail the audit; warnings are reported. */
  readonly severity: "error" | "warning";
  /** What it looks for. */
  readonly about: string;
  /** Kept rows (queries, for `without-negatives`) that it found. */
  readonly count: number;
  /** The first few. */
  readonly examples: readonly string[];
}

/**
 * What `audit` found. Shows itself as tables.
 *
 * @category Negatives
 */
export class Audit {
  /** All checks, those that found nothing included. */
  readonly checks: readonly Check[];
  /** Number of queries by number of kept negatives. */
  readonly counts: ReadonlyMap<number, number>;
  /** By source; undefined without complete judgments. */
  readonly falseNegatives: readonly FalseNegatives[] | undefined;

  /** An audit of its parts. */
  constructor(parts: Pick<Audit, "checks" | "counts" | "falseNegatives">) {
    this.checks = parts.checks;
    this.counts = parts.counts;
    this.falseNegatives = parts.falseNegatives;
  }

  /** Whether no error was found. */
  get ok(): boolean {
    return this.checks.every((check) => check.severity === "warning" || check.count === 0);
  }

  /** Share of queries without a negative. */
  get withoutNegatives(): number {
    return (this.counts.get(0) ?? 0) / this.#queries;
  }

  get #queries(): number {
    return [...this.counts.values()].reduce((a, b) => a + b, 0);
  }

  /** The tables as text. */
  toString(): string {
    const checks = this.checks.map(({ name, severity, count, examples }) => [
      name,
      count === 0 ? "ok" : severity,
      count,
      examples.join("; "),
    ]);
    const counts = [...this.counts].map(([count, queries]) => [count, queries, percentCell(queries / this.#queries)]);
    const lines = [
      textTable(["check", "", "found", "examples"], checks),
      "",
      textTable(["negatives", "queries", "%"], counts),
    ];
    if (this.falseNegatives) lines.push("", falseNegativeTable(this.falseNegatives));
    lines.push("", this.ok ? "audit passed" : "audit FAILED");
    return lines.join("\n");
  }

  /** The tables, for a notebook. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.toString() };
  }

  /** The tables, for `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}
