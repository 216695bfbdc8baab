import * as z from "zod";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { withNumbers } from "../pool.ts";
import type { Decision } from "../rules/decision.ts";
import { rounded } from "../rules/rounded.ts";
import { bothScores } from "./both_scores.ts";
import { FILTER_SHAPE, type FilterOptions } from "./filter_options.ts";
import type { Filter } from "./types.ts";

/**
 * Options of {@link softMargin}.
 *
 * @category Negatives
 */
export interface SoftMarginOptions extends FilterOptions {
  /**
   * How far below the positive a negative has weight 0.5, in units of the score.
   * @default {0}
   */
  margin?: number;
  /**
   * How fast the weight falls from 1 to 0, in units of the score.
   * @default {0.05}
   */
  temperature?: number;
}

const OPTIONS = z.strictObject(
  {
    ...FILTER_SHAPE,
    margin: z.number().default(0),
    temperature: z.number().positive().default(0.05),
  } satisfies OptionShape<SoftMarginOptions>,
);

/**
 * Drops nothing: gives each row the weight `sigmoid((s+ - s- - margin) / temperature)`, so that likely false negatives
 * count less in the loss. `s+` is the lowest positive's score.
 *
 * @throws {ArgumentError} if a row has no score or no positive_score.
 *
 * @example
 * ```ts
 * import { filters } from "@syneg/kit/negatives";
 * console.log(filters.softMargin({ temperature: 0.1 }).name); // soft-margin
 * ```
 * @category Negatives
 */
export function softMargin(options: SoftMarginOptions = {}): Filter {
  const { margin, temperature, sources } = parseOptions("softMargin", OPTIONS, options);
  return {
    name: "soft-margin",
    rules: ["soft-margin"],
    sources,
    check(rows, { pool }) {
      const read = (row: number) => bothScores.read(pool, row);
      withNumbers(pool, rows, read, { work: "filter by soft-margin", what: bothScores.what });
    },
    decide: (rows, { pool }) =>
      new Map(rows.map((row): [number, Decision] => {
        const distance = pool.positiveScore(row) - pool.score(row);
        const weight = 1 / (1 + Math.exp((margin - distance) / temperature));
        return [row, { verdict: "kept", weight, reason: `soft-margin: s+ - s- = ${rounded(distance)}` }];
      })),
  };
}

/** {@link softMargin} as an entry of the registry. */
export const SOFT_MARGIN = {
  name: "soft-margin",
  about: "weigh negatives down the closer they score to the positive",
  options: OPTIONS,
  make: softMargin,
} as const;
