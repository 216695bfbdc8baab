import { checkCollection, checkNegatives } from "../../collections/check_arguments.ts";
import type { Collection } from "../../collections/types.ts";
import { ArgumentError, checkCancelled } from "../../core/errors.ts";
import { checkOptions } from "../../core/options.ts";
import type { Progress } from "../../core/progress.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { negativesContext } from "../context.ts";
import { checkSource } from "../rules/check_source.ts";
import type { Decision } from "../rules/decision.ts";
import { decided } from "../rules/verdicts.ts";
import type { Filter } from "./types.ts";

/**
 * Options of {@link filterNegatives}.
 *
 * @category Negatives
 */
export interface FilterNegativesOptions {
  /**
   * Split of the known positives.
   * @default {"train"}
   */
  split?: string;
  /** Reports the work of filters that take long. Omit for none. */
  progress?: Progress;
  /** Cancels the work. Omit for none; in a notebook the stop button cancels in any case. */
  signal?: AbortSignal;
}

/**
 * Sends the kept rows through a chain of filters. Nothing is removed: a dropped row keeps its place with verdict, rule
 * and numbers; later filters do not see it.
 *
 * @param filters Applied in this order.
 * @throws {ArgumentError} if a filter has nothing to work on: no rows of its sources, no scores.
 *
 * @example
 * ```ts
 * import { filterNegatives, filters, loadCollection, mine, waterfall } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const mined = await mine(facets, { source: "bm25", depth: 20 });
 * const negatives = await filterNegatives(mined, facets, [filters.relativeMargin(0.05)]);
 * console.log(waterfall(negatives));
 * ```
 * @category Negatives
 */
export async function filterNegatives(
  negatives: Table<typeof NEGATIVES>,
  collection: Collection,
  filters: readonly Filter[],
  options: FilterNegativesOptions = {},
): Promise<Table<typeof NEGATIVES>> {
  checkNegatives("filterNegatives", negatives);
  checkCollection("filterNegatives", collection);
  checkOptions<FilterNegativesOptions>("filterNegatives", options, {
    split: "string",
    progress: "object",
    signal: "object",
  });
  if (filters.length === 0) throw new ArgumentError("filterNegatives needs at least one filter, found none");
  const context = negativesContext(negatives, collection, options);
  const inOrder = (rows: Iterable<number>) => [...rows].sort((a, b) => a - b);
  let kept = inOrder([...context.pool.kept.values()].flat());
  if (kept.length === 0 && !filters.some(({ overrules }) => overrules)) {
    throw new ArgumentError(`Cannot filter: none of the ${negatives.length} rows is kept`);
  }
  const all = [...Array(negatives.length).keys()];
  const own = ({ overrules, sources }: Filter) =>
    (overrules ? all : kept).filter((row) => sources?.includes(context.pool.source(row)) ?? true);
  for (const filter of filters) {
    filter.sources?.forEach(checkSource);
    const rows = own(filter);
    if (rows.length === 0) {
      throw new ArgumentError(
        `Cannot filter by ${filter.name}: no kept row is of source ${filter.sources?.join(" or ")}`,
      );
    }
    filter.check?.(rows, context);
  }
  const decisions = new Map<number, Decision>();
  for (const filter of filters) {
    checkCancelled(context.signal, `filtering by ${filter.name}`);
    const left = new Set(kept);
    for (const [row, decision] of await filter.decide(own(filter), context)) {
      decisions.set(row, both(decisions.get(row), decision));
      if (decision.verdict === "kept") left.add(row);
      else left.delete(row);
    }
    kept = inOrder(left);
  }
  return decided(negatives, decisions, filters.flatMap(({ rules }) => rules));
}

/** A decision after an earlier one that kept the row: weights multiply. */
function both(earlier: Decision | undefined, decision: Decision): Decision {
  if (earlier?.verdict !== "kept" || decision.verdict !== "kept") return decision;
  const weights = [earlier.weight, decision.weight].filter((weight) => weight !== undefined);
  return weights.length === 0 ? decision : { ...decision, weight: weights.reduce((a, b) => a * b) };
}
