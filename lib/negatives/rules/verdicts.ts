import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { withColumns } from "../../tables/with_columns.ts";
import { withMetadata } from "../../tables/with_metadata.ts";
import type { Decision } from "../filters/filter.ts";

/** Metadata key: the rules that were applied, in their order, as a JSON list. */
const RULES = "syneg.rules";

/** The rules that were applied to a table, in their order. */
export function rulesOf(negatives: Table<typeof NEGATIVES>): string[] {
  return JSON.parse(negatives.metadata.get(RULES) ?? "[]");
}

/** Table metadata that says which rules were applied. */
export function rulesMetadata(...lists: readonly (readonly string[])[]): Record<string, string> {
  return { [RULES]: JSON.stringify([...new Set(lists.flat())]) };
}

/** The table with verdict and reason of the decided rows replaced, and the rules put on record. */
export function decided(
  negatives: Table<typeof NEGATIVES>,
  decisions: ReadonlyMap<number, Decision>,
  rules: readonly string[],
): Table<typeof NEGATIVES> {
  const verdict = [...negatives.column("verdict")];
  const reason = [...negatives.column("reason")];
  for (const [row, decision] of decisions) {
    verdict[row] = decision.verdict;
    reason[row] = decision.reason;
  }
  return withMetadata(withColumns(negatives, { verdict, reason }), rulesMetadata(rulesOf(negatives), rules));
}
