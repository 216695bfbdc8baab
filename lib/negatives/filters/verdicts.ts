import * as z from "zod";
import { ArgumentError } from "../../core/errors.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import type { REVIEWS } from "../../tables/reviews.ts";
import { Table } from "../../tables/table.ts";
import { pairKey, verdictsByPair } from "../review/pairs.ts";
import { checkConflicts, readReviews } from "../review/read_reviews.ts";
import type { Decision } from "../rules/decision.ts";
import { FILTER_SHAPE, type FilterOptions } from "./filter_options.ts";
import type { Filter } from "./types.ts";

const OPTIONS = z.strictObject({ ...FILTER_SHAPE } satisfies OptionShape<FilterOptions>);

/**
 * Applies a reviewer's verdicts: drops and relabels as they say, and keeps what they keep, even if an earlier rule
 * dropped it. Rows without a verdict are left as they are.
 *
 * @param from Path of a file that the explorer's review mode saved, or its rows.
 * @throws {KitError} if the file cannot be read, or its verdicts contradict each other.
 * @throws {ArgumentError} if no verdict is about one of the negatives.
 *
 * @example
 * ```ts
 * import { filterNegatives, filters, loadCollection, mine, tableOf } from "@syneg/kit";
 * import { REVIEWS } from "@syneg/kit/tables";
 * const facets = await loadCollection("facets");
 * const mined = await mine(facets, { source: "bm25", depth: 5 });
 * const { query_id, doc_id } = mined.row(0);
 * const reviews = tableOf(REVIEWS, [{ query_id, doc_id, verdict: "dropped", reviewer: "Ada" }]);
 * const negatives = await filterNegatives(mined, facets, [filters.verdicts(reviews)]);
 * console.log(negatives.row(0).reason); // verdicts: by Ada
 * ```
 */
export function verdicts(from: string | Table<typeof REVIEWS>, options: FilterOptions = {}): Filter {
  const { sources } = parseOptions("verdicts", OPTIONS, options);
  if (typeof from !== "string" && !(from instanceof Table)) {
    throw new ArgumentError("verdicts needs a file of verdicts, or the rows of one");
  }
  return {
    name: "verdicts",
    rules: ["verdicts"],
    sources,
    overrules: true,
    async decide(rows, { pool: { table } }) {
      const reviews = typeof from === "string" ? await readReviews(from) : from;
      if (reviews === from) checkConflicts(reviews);
      const given = verdictsByPair(reviews, () => {});
      const decisions = new Map<number, Decision>();
      for (const row of rows) {
        const found = given.get(pairKey(table.row(row)));
        if (!found) continue;
        const { reviewer, reason } = reviews.row(found.row);
        const why = reason === null ? "" : `, ${reason}`;
        decisions.set(row, { verdict: found.verdict, reason: `verdicts: by ${reviewer ?? "a reviewer"}${why}` });
      }
      if (decisions.size > 0) return decisions;
      throw new ArgumentError(
        `Cannot filter by verdicts: none of the ${given.size} reviewed pairs of query and passage` +
          `${typeof from === "string" ? ` in ${from}` : ""} is among the ${rows.length} negatives`,
      );
    },
  };
}

const PART_OPTIONS = z.strictObject({ ...FILTER_SHAPE, file: z.string().min(1) });

/** {@link verdicts} as an entry of the registry. */
export const REVIEWED = {
  name: "verdicts",
  about: "a reviewer keeps, drops or relabels, by a file of the explorer's review mode",
  options: PART_OPTIONS,
  make: ({ file, sources }: z.output<typeof PART_OPTIONS>): Filter => verdicts(file, { sources }),
} as const;
