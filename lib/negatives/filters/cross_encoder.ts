import * as z from "zod";
import { ArgumentError, checkCancelled, KitError } from "../../core/errors.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { passageText } from "../../collections/mod.ts";
import { CrossEncoder } from "../../encoders/mod.ts";
import type { Decision } from "../rules/decision.ts";
import { rounded } from "../rules/rounded.ts";
import { FILTER_SHAPE, type FilterOptions } from "./filter_options.ts";
import type { FilterNeeds } from "./needs.ts";
import type { PairScorer } from "./pair_scorer.ts";
import type { Filter } from "./types.ts";

/**
 * Options of {@link crossEncoder}.
 *
 * @category Negatives
 */
export interface CrossEncoderOptions extends FilterOptions {
  /** Rows with this score or more are dropped, in units of the scorer. */
  threshold: number;
  /**
   * Pairs of one call.
   * @default {64}
   */
  batchSize?: number;
}

const OPTIONS = z.strictObject(
  {
    ...FILTER_SHAPE,
    threshold: z.number(),
    batchSize: z.int().min(1).default(64),
  } satisfies OptionShape<CrossEncoderOptions>,
);

/**
 * Keeps what a cross-encoder scores below `threshold` (RocketQA's denoising, arXiv 2010.08191).
 *
 * @param scorer `await loadCrossEncoder("folder")`, or a function.
 * @throws {ArgumentError} without a scorer.
 * @throws {KitError} if a score is missing or not finite.
 *
 * @example
 * ```ts
 * import { filters } from "@syneg/kit/negatives";
 * const lengths = (pairs: readonly { passage: { text: string } }[]) => pairs.map(({ passage }) => passage.text.length);
 * console.log(filters.crossEncoder(lengths, { threshold: 1000 }).name); // cross-encoder
 * ```
 * @category Negatives
 */
export function crossEncoder(scorer: PairScorer | CrossEncoder, options: CrossEncoderOptions): Filter {
  const { threshold, batchSize, sources } = parseOptions("crossEncoder", OPTIONS, options);
  const score = scorer instanceof CrossEncoder ? scoresOf(scorer) : scorer;
  if (typeof score !== "function") {
    throw new ArgumentError("crossEncoder needs a cross-encoder or a function that scores pairs, found none");
  }
  return {
    name: "cross-encoder",
    rules: ["cross-encoder"],
    sources,
    async decide(rows, { pool, passage, query, progress, signal }) {
      const decisions = new Map<number, Decision>();
      for (let begin = 0; begin < rows.length; begin += batchSize) {
        checkCancelled(signal, "scoring negatives by a cross-encoder");
        const part = rows.slice(begin, begin + batchSize);
        const pairs = part.map((row) => ({ query: query(pool.query(row)), passage: passage(row) }));
        const scores = await score(pairs, { signal });
        part.forEach((row, i) => {
          if (!Number.isFinite(scores[i]) || scores.length !== part.length) {
            throw new KitError(
              `Cannot use the cross-encoder's scores: found ${scores.length} for ${part.length} pairs, ` +
                `${scores[i]} for row ${row}`,
            );
          }
          if (scores[i] < threshold) return;
          decisions.set(row, { verdict: "dropped", reason: `cross-encoder: ${rounded(scores[i])} >= ${threshold}` });
        });
        progress?.update(begin + part.length);
      }
      return decisions;
    },
  };
}

function scoresOf(model: CrossEncoder): PairScorer {
  return (pairs, options) =>
    model.score(pairs.map(({ query, passage }) => ({ query, document: passageText(passage) })), options);
}

/** {@link crossEncoder} as an entry of the registry. */
export const CROSS_ENCODER = {
  name: "cross-encoder",
  about: "drop what a cross-encoder scores highly (RocketQA, arXiv 2010.08191)",
  options: OPTIONS,
  make: (options: CrossEncoderOptions, needs: FilterNeeds): Filter => crossEncoder(needs.scorer(), options),
} as const;
