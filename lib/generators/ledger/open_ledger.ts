import { join } from "node:path";
import { Ledger } from "./ledger.ts";

/**
 * The ledger that is used unless another is named: beside the runs, in any working directory.
 *
 * @category Generation
 */
export const DEFAULT_LEDGER: string = import.meta.dirname
  ? join(import.meta.dirname, "..", "..", "..", "data", "runs", "ledger.sqlite")
  : join("data", "runs", "ledger.sqlite");

/**
 * Opens the ledger at `path`, or creates it; ":memory:" keeps it in memory only.
 *
 * @throws {KitError} if the file cannot be opened or created, or is not a ledger of a known version.
 *
 * @example
 * ```ts
 * import { openLedger } from "@syneg/kit";
 * using ledger = openLedger(":memory:");
 * console.log([...ledger.rows()].length); // 0
 * ```
 *
 * @category Generation
 */
export function openLedger(path: string): Ledger {
  return new Ledger(path);
}

/**
 * Calls `work` with a ledger, or with the one at a path, which is closed afterwards.
 *
 * @param place A ledger or a path; undefined for {@link DEFAULT_LEDGER}.
 *
 * @example
 * ```ts
 * import { withLedger } from "./open_ledger.ts";
 * console.log(await withLedger(":memory:", (ledger) => Promise.resolve(ledger.totals().length))); // 0
 * ```
 *
 * @category Generation
 */
export async function withLedger<T>(
  place: string | Ledger | undefined,
  work: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  if (place instanceof Ledger) return await work(place);
  using ledger = openLedger(place ?? DEFAULT_LEDGER);
  return await work(ledger);
}
