import type { Collection } from "../collections/types.ts";
import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { rowsById } from "../tables/rows_by_id.ts";
import { type LedgerRow, openLedger } from "./ledger/mod.ts";
import type { Recording } from "./recordings.ts";

/**
 * The replies of a ledger as recordings, for the queries of a collection: one for each request, with all its attempts.
 * Of several requests about one pair, the one that was answered last comes last.
 *
 * @throws {KitError} if there is no such file, or it is no ledger.
 */
export async function ledgerRecordings(path: string, { queries }: Collection): Promise<Recording[]> {
  if (!await exists(path)) throw new KitError("Cannot replay: there is no such ledger", { file: path });
  using ledger = openLedger(path);
  const requests = new Map<string, LedgerRow[]>();
  for (const row of ledger.rows()) requests.set(row.key, [...requests.get(row.key) ?? [], row]);
  const rows = rowsById(queries);
  const text = queries.column("text");
  const answered = (attempts: readonly LedgerRow[]) => attempts.at(-1)!.answered_at ?? "";
  return [...requests.values()]
    .sort((a, b) => answered(a) < answered(b) ? -1 : answered(a) > answered(b) ? 1 : 0)
    .filter(([{ query_id }]) => rows.has(query_id))
    .map((attempts) => {
      const { recipe, model, query_id, positive_id, attributes, count, reply } = attempts.at(-1)!;
      const query = text.at(rows.get(query_id)!);
      return {
        recipe,
        model,
        query_id,
        query,
        positive_id,
        attributes: JSON.parse(attributes),
        count,
        reply,
        attempts,
      };
    });
}
