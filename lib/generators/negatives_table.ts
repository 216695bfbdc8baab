import { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { TableBuilder } from "../tables/table_builder.ts";
import { summarize } from "./generation_summary.ts";
import type { Outcome } from "./outcome.ts";
import type { Recipe } from "./recipe.ts";

/** One row per item, including dropped ones, in the order of the outcomes; `rank` is the item's number in its reply. */
export function negativesTable(recipe: Recipe, outcomes: readonly Outcome[]): Table<typeof NEGATIVES> {
  const summary = summarize(recipe, outcomes);
  const builder = new TableBuilder(NEGATIVES, { metadata: { "syneg.generation": JSON.stringify(summary) } });
  for (const outcome of outcomes) {
    for (const [index, item] of outcome.items.entries()) {
      const { level, ...attributes } = item.attributes ?? {};
      builder.append({
        query_id: outcome.queryId,
        title: item.title,
        text: item.text,
        source: recipe.kind === "rule" ? "edit" : "synthetic",
        rank: index + 1,
        recipe: outcome.recipe,
        writer: outcome.model === "" ? null : outcome.model,
        grade: typeof level === "number" ? level : null,
        attributes: JSON.stringify({ ...outcome.attributes, ...attributes }),
        reflection: outcome.reflection ?? null,
        ledger_key: outcome.key === "" ? null : outcome.key,
        verdict: item.verdict,
        reason: item.reason ?? null,
      });
    }
  }
  return builder.finish();
}
