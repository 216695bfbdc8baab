import { showRows } from "../../core/show_rows.ts";
import type { NEGATIVES, Source, Verdict } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { rulesOf } from "../rules/verdicts.ts";

/**
 * One step of a {@link waterfall}.
 *
 * @category Negatives
 */
export interface WaterfallStep {
  /** The source. */
  readonly source: Source;
  /** "candidates" first, then every rule in the order in which it was applied. */
  readonly rule: string;
  /** Rows that the rule dropped. */
  readonly dropped: number;
  /** Rows that the rule relabeled as positives. */
  readonly relabeled: number;
  /** Rows left after it. */
  readonly left: number;
}

/**
 * Counts the candidates of each source that every rule took. Rules come in the order of the chain, those that took
 * nothing included; a rule without a recorded chain comes where its first row does.
 *
 * @example
 * ```ts
 * import { loadCollection, mine, waterfall } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * console.table(waterfall(await mine(facets, { source: "bm25", depth: 10 })));
 * ```
 * @category Negatives
 */
export function waterfall(negatives: Table<typeof NEGATIVES>): WaterfallStep[] {
  const rules = new Set(rulesOf(negatives));
  const sources = new Map<Source, { all: number; took: Map<string, Record<Verdict, number>> }>();
  const [source, verdict, reason] = [
    negatives.column("source"),
    negatives.column("verdict"),
    negatives.column("reason"),
  ];
  for (let row = 0; row < negatives.length; row++) {
    const name = source.at(row) as Source;
    let counts = sources.get(name);
    if (!counts) sources.set(name, counts = { all: 0, took: new Map() });
    counts.all++;
    const decision = verdict.at(row) as Verdict;
    if (decision === "kept") continue;
    const rule = ruleOf(reason.at(row));
    rules.add(rule);
    let took = counts.took.get(rule);
    if (!took) counts.took.set(rule, took = { kept: 0, dropped: 0, relabeled: 0 });
    took[decision]++;
  }
  const found = [...sources].flatMap(([name, { all, took }]) => {
    let left = all;
    const steps: WaterfallStep[] = [{ source: name, rule: "candidates", dropped: 0, relabeled: 0, left }];
    for (const rule of rules) {
      const { dropped, relabeled } = took.get(rule) ?? { dropped: 0, relabeled: 0 };
      left -= dropped + relabeled;
      steps.push({ source: name, rule, dropped, relabeled, left });
    }
    return steps;
  });
  return showRows(found, () => ({
    head: ["source", "rule", "dropped", "relabeled", "left"],
    rows: found.map(({ source, rule, dropped, relabeled, left }) => [source, rule, dropped, relabeled, left]),
  }));
}

/**
 * The rule of a reason: the part before its first colon.
 *
 * @example
 * ```ts
 * import { ruleOf } from "@syneg/kit/negatives";
 * console.log(ruleOf("relative margin: 0.98 of the positive")); // relative margin
 * ```
 *
 * @category Negatives
 */
export function ruleOf(reason: string | null): string {
  return reason === null ? "unstated" : reason.split(":", 1)[0];
}
