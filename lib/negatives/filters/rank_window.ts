import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import { type Filter, FILTER_OPTIONS, type FilterOptions, rowFilter } from "./filter.ts";

/** Options of {@link rankWindow}. */
export interface RankWindowOptions extends FilterOptions {
  /** First rank to keep. @default 1 */
  from?: number;
  /** Last rank to keep. @default no limit */
  to?: number;
}

const RANK_WINDOW_OPTIONS: OptionKinds<RankWindowOptions> = { ...FILTER_OPTIONS, from: "number", to: "number" };

/** Keeps ranks from `from` to `to`, both included. @throws {ArgumentError} when it runs on rows without a rank. */
export function rankWindow(options: RankWindowOptions): Filter {
  checkOptions<RankWindowOptions>("rankWindow", options, RANK_WINDOW_OPTIONS);
  const { from = 1, to = Infinity } = options;
  if (!(from >= 1 && from <= to)) throw new ArgumentError(`Cannot keep ranks from ${from} to ${to}: wanted 1 or more`);
  const needs = { what: "rank", read: (pool: { rank(row: number): number }, row: number) => pool.rank(row) };
  return rowFilter("rank-window", options, needs, (pool, row) => {
    const rank = pool.rank(row);
    return rank >= from && rank <= to ? undefined : `rank-window: rank ${rank} outside ${from} to ${to}`;
  });
}
