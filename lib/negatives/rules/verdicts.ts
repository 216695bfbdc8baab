import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { withColumns } from "../../tables/with_columns.ts";
import { withMetadata } from "../../tables/with_metadata.ts";
import type { Decision } from "./decision.ts";

/** Metadata key: the rules that were applied, in their order, as a JSON list. */
const RULES = "syneg.rules";

/** Rules applied to a table, in their order. */
export function rulesOf(negatives: Table<typeof NEGATIVES>): string[] {
  return JSON.parse(negatives.metadata.get(RULES) ?? "[]");
}

/** Table metadata that records which rules were applied. */
export function rulesMetadata(...lists: readonly (readonly string[])[]): Record<string, string> {
  return { [RULES]: JSON.stringify([...new Set(lists.flat())]) };
}

/** Writes decisions into the table and records the rules. */
export function decided(
  negatives: Table<typeof NEGATIVES>,
  decisions: ReadonlyMap<number, Decision>,
  rules: readonly string[],
): Table<typeof NEGATIVES> {
  const verdict = [...negatives.column("verdict")];
  const reason = [...negatives.column("reason")];
  const weight = [...negatives.column("weight")];
  for (const [row, decision] of decisions) {
    verdict[row] = decision.verdict;
    reason[row] = decision.reason;
    if (decision.weight !== undefined) weight[row] = (weight[row] ?? 1) * decision.weight;
  }
  return withMetadata(withColumns(negatives, { verdict, reason, weight }), rulesMetadata(rulesOf(negatives), rules));
}
