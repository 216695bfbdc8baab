import { FILTER_OPTIONS } from "./filter.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import { ArgumentError, checkCancelled, KitError } from "../../core/errors.ts";
import type { Passage } from "../../collections/passage.ts";
import type { Decision, Filter, FilterOptions } from "./filter.ts";
import { shown } from "../rules/margins.ts";

/** A query and a passage to be scored together. */
export interface Pair {
  readonly query: string;
  readonly passage: Passage;
}

/** Scores pairs, in their order: a cross-encoder, a guide, a teacher. */
export type PairScorer = (
  pairs: readonly Pair[],
  options?: { signal?: AbortSignal },
) => Promise<ArrayLike<number>> | ArrayLike<number>;

/** Options of {@link crossEncoder}. */
export interface CrossEncoderOptions extends FilterOptions {
  /** Rows that score this or more are dropped. */
  threshold: number;
  /** Pairs of one call. @default 64 */
  batch?: number;
}

const CROSS_ENCODER_OPTIONS: OptionKinds<CrossEncoderOptions> = {
  ...FILTER_OPTIONS,
  threshold: "number",
  batch: "number",
};

/**
 * Keeps what a cross-encoder scores below `threshold` (RocketQA's denoising, arXiv 2010.08191).
 *
 * @throws {ArgumentError} without a scorer. @throws {KitError} if a score is missing or not finite.
 */
export function crossEncoder(score: PairScorer, options: CrossEncoderOptions): Filter {
  checkOptions<CrossEncoderOptions>("crossEncoder", options, CROSS_ENCODER_OPTIONS);
  const { threshold, batch = 64, sources } = options;
  if (typeof score !== "function") throw new ArgumentError("Cannot filter by a cross-encoder: none was given");
  if (!Number.isFinite(threshold)) {
    throw new ArgumentError(`Cannot filter by a cross-encoder with threshold ${threshold}: wanted a finite number`);
  }
  return {
    name: "cross-encoder",
    rules: ["cross-encoder"],
    sources,
    async decide(rows, { pool, passage, query, progress, signal }) {
      const decisions = new Map<number, Decision>();
      for (let begin = 0; begin < rows.length; begin += batch) {
        checkCancelled(signal, "scoring negatives by a cross-encoder");
        const part = rows.slice(begin, begin + batch);
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
          decisions.set(row, { verdict: "dropped", reason: `cross-encoder: ${shown(scores[i])} >= ${threshold}` });
        });
        progress?.update(begin + part.length);
      }
      return decisions;
    },
  };
}
