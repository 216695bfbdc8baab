import type { Collection } from "../../collections/types.ts";
import { ArgumentError, KitError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";
import { rowsById } from "../../tables/rows_by_id.ts";
import { planBatches, type PlannedQuery, type PlanOptions } from "./batch_plan.ts";

/** What {@link groupedBatches} reads. */
export interface GroupedPlan extends PlanOptions {
  /** Group of a query, by its id. */
  readonly groupOf: ReadonlyMap<string, string>;
  /** 1 draws groups by their size; larger ones draw small groups more often. */
  readonly temperature: number;
}

/**
 * Plans an epoch of batches whose queries are of one group each. An epoch has as many batches as one pass over all
 * groups; a group of a batches gets a share of a^(1 / temperature) of them. With a temperature of 1 every query is in one
 * batch; above, queries of small groups come several times and some of large groups not at all.
 *
 * @returns indices into `queries`, batch by batch.
 */
export function groupedBatches(queries: readonly PlannedQuery[], random: Random, plan: GroupedPlan): number[][] {
  const { groupOf, temperature, ...options } = plan;
  const members = new Map<string, number[]>();
  queries.forEach(({ query_id }, i) => {
    const group = groupOf.get(query_id)!;
    const own = members.get(group);
    if (own) own.push(i);
    else members.set(group, [i]);
  });
  const pass = (group: string, number: number) => {
    const own = members.get(group)!;
    const stream = random.fork("group").fork(group).fork(number);
    return planBatches(own.map((i) => queries[i]), stream, options).map((batch) => batch.map((at) => own[at]));
  };
  const groups = [...members.keys()].sort();
  const first = groups.map((group) => pass(group, 0));
  const counts = apportioned(first.map(({ length }) => length), temperature);
  const batches = groups.flatMap((group, g) => {
    const own = [...first[g]];
    for (let number = 1; own.length < counts[g]; number++) own.push(...pass(group, number));
    return own.slice(0, counts[g]);
  });
  return random.fork("groups").shuffle(batches);
}

/** Batches of each group: shares of `counts` to the power of 1 / temperature, whole, at least 1, the same in all. */
export function apportioned(counts: readonly number[], temperature: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const weights = counts.map((count) => count ** (1 / temperature));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const exact = weights.map((weight) => total * weight / whole);
  const found = exact.map((share) => Math.max(1, Math.floor(share + 1e-9)));
  const order = exact.map((_, i) => i).sort((a, b) => exact[b] - found[b] - (exact[a] - found[a]) || a - b);
  let left = total - found.reduce((sum, count) => sum + count, 0);
  for (let i = 0; left > 0; i = (i + 1) % order.length, left--) found[order[i]]++;
  for (let i = order.length - 1; left < 0; i = (i + order.length - 1) % order.length) {
    if (found[order[i]] === 1) continue;
    found[order[i]]--;
    left++;
  }
  return found;
}

/**
 * The group of each query: a field of its metadata.
 *
 * @throws {ArgumentError} if no query has the field.
 * @throws {KitError} if one lacks it.
 */
export function queryGroups({ queries }: Collection, ids: readonly string[], field: string): Map<string, string> {
  const metadata = queries.column("metadata");
  const rows = rowsById(queries);
  const found = ids.map((id) => JSON.parse(metadata.at(rows.get(id)!) ?? "{}")[field]);
  if (found.every((value) => value === undefined)) {
    throw new ArgumentError(`Cannot group queries by "${field}": none of their metadata has this field`, {
      field: "groups",
    });
  }
  const missing = found.findIndex((value) => typeof value !== "string" && typeof value !== "number");
  if (missing >= 0) throw new KitError(`Cannot group query "${ids[missing]}": its metadata has no "${field}"`);
  return new Map(ids.map((id, i) => [id, String(found[i])]));
}
