import { type NEGATIVES, NEGATIVES as SCHEMA } from "../data/schema.ts";
import type { Table } from "../data/table.ts";
import { TableBuilder } from "../data/table_builder.ts";
import type { Decision } from "./filter.ts";

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

/** The table with verdict and reason of the decided rows replaced. */
export function decided(
  negatives: Table<typeof NEGATIVES>,
  decisions: ReadonlyMap<number, Decision>,
  rules: readonly string[],
): Table<typeof NEGATIVES> {
  const metadata = { ...Object.fromEntries(negatives.metadata), ...rulesMetadata(rulesOf(negatives), rules) };
  const builder = new TableBuilder(SCHEMA, { metadata });
  let at = 0;
  for (const row of negatives.rows()) builder.append({ ...row, ...decisions.get(at++) });
  return builder.finish();
}
