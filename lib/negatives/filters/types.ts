import type { Source } from "../../tables/schema.ts";
import type { NegativesContext } from "../context.ts";
import type { Decision } from "../rules/decision.ts";

/**
 * One link of a chain: looks at the rows that are still kept, in the table's order, and decides. A filter that
 * overrules looks at every row.
 *
 * @category Negatives
 */
export interface Filter {
  /** Name of the filter. */
  readonly name: string;
  /** Rules that its reasons may name, in the order in which they apply. */
  readonly rules: readonly string[];
  /** Sources that it works on; rows of others pass. Omit for all. */
  readonly sources?: readonly Source[];
  /** Whether it also sees the rows that earlier rules dropped or relabeled, and may keep them. */
  readonly overrules?: boolean;
  /** Throws if it cannot work on these rows. Every link is checked before the first one decides. */
  check?(rows: readonly number[], context: NegativesContext): void;
  /** Decides; rows without a decision stay kept. */
  decide(
    rows: readonly number[],
    context: NegativesContext,
  ): ReadonlyMap<number, Decision> | Promise<ReadonlyMap<number, Decision>>;
}
