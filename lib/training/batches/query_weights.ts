import type { Collection } from "../../collections/types.ts";
import { ArgumentError, KitError } from "../../core/errors.ts";
import { rowsById } from "../../tables/rows_by_id.ts";

/**
 * Reads the weights of queries from a field of their metadata.
 *
 * @throws {ArgumentError} if no query has the field.
 * @throws {KitError} if a query of `ids` has no number >= 0 there, or all of them are 0.
 */
export function queryWeights({ queries }: Collection, ids: readonly string[], field: string): Map<string, number> {
  const metadata = queries.column("metadata");
  const rows = rowsById(queries);
  const weights = new Map<string, number>();
  const found = ids.map((id) => JSON.parse(metadata.at(rows.get(id)!) ?? "{}")[field]);
  if (found.every((value) => value === undefined)) {
    throw new ArgumentError(`Cannot weigh queries by "${field}": none of their metadata has this field`, {
      field: "weightField",
    });
  }
  ids.forEach((id, i) => {
    if (typeof found[i] !== "number" || !Number.isFinite(found[i]) || found[i] < 0) {
      const value = JSON.stringify(found[i]) ?? "nothing";
      throw new KitError(
        `Cannot weigh query "${id}": "${field}" in its metadata must be a number >= 0, found ${value}`,
      );
    }
    weights.set(id, found[i]);
  });
  if (found.every((value) => value === 0)) throw new KitError(`Cannot weigh queries by "${field}": all of them have 0`);
  return weights;
}
