import { checkOptions } from "../../core/options.ts";
import { ArgumentError } from "../../core/errors.ts";
import { withNumbers } from "../pool.ts";
import { samplerOf } from "./sampler.ts";
import type { Candidates, Sampler } from "../types.ts";

/** Some epochs of a {@link curriculum}. */
export interface Stage {
  /** How many epochs it lasts; only the last stage may leave it out. The last stage goes on for ever. */
  epochs?: number;
  /** Part of a query's candidates by measured similarity: 0 is its easiest, 1 its hardest. @default [0, 1] */
  hardness?: readonly [number, number];
  /** Lowest and highest level that the recipe wrote for (`grade`). @default all rows, with or without a level */
  levels?: readonly [number, number];
  /** Draws from what is left. */
  sampler: Sampler;
}

/**
 * Trains from easy to hard (or as the stages say) by epoch ranges, by measured similarity or by the level that the
 * recipe wrote for (MGH, arXiv 2509.00842).
 *
 * Of n candidates in order of score (ties in the table's order), `hardness: [a, b]` leaves those from floor(a·n) up to
 * ceil(b·n).
 *
 * @throws {ArgumentError} if stages are impossible, or a row has no score where similarity decides.
 *
 * @example
 * ```ts
 * import { curriculum, uniform } from "@syneg/kit";
 * const sampler = uniform({ count: 4, seed: 7 });
 * curriculum([
 *   { epochs: 1, hardness: [0, 0.5], sampler },
 *   { epochs: 2, hardness: [0.25, 0.75], sampler },
 *   { hardness: [0.5, 1], sampler },
 * ]);
 * ```
 */
export function curriculum(stages: readonly Stage[]): Sampler {
  check(stages);
  const named = stages.flatMap(({ sampler }) => sampler.sources ?? []);
  return samplerOf("curriculum", stages, (candidates, epoch, count) => {
    let end = 0;
    const stage = stages.find(({ epochs = Infinity }) => epoch < (end += epochs)) ?? stages[stages.length - 1];
    return stage.sampler.pick({ ...candidates, rows: stageRows(candidates, stage) }, epoch, count);
  }, named.length > 0 ? [...new Set(named)] : undefined);
}

function stageRows({ rows, pool }: Candidates, { hardness, levels }: Stage): readonly number[] {
  let left = rows;
  if (levels) left = left.filter((row) => pool.grade(row) >= levels[0] && pool.grade(row) <= levels[1]);
  if (hardness) {
    withNumbers(pool, left, (row) => pool.score(row), { work: "order negatives by similarity", what: "score" });
    const ordered = [...left].sort((a, b) => pool.score(a) - pool.score(b) || a - b);
    left = ordered.slice(Math.floor(hardness[0] * left.length), Math.ceil(hardness[1] * left.length));
    left = [...left].sort((a, b) => a - b);
  }
  return left;
}

function check(stages: readonly Stage[]): void {
  if (stages.length === 0) throw new ArgumentError("Cannot make a curriculum: it has no stages");
  stages.forEach((stage, i) => {
    const where = `stage ${i + 1} of the curriculum`;
    checkOptions<Stage>(where, stage, { epochs: "number", hardness: "array", levels: "array", sampler: "object" });
    const { epochs, hardness, levels } = stage;
    if (epochs === undefined ? i < stages.length - 1 : !(Number.isInteger(epochs) && epochs >= 1)) {
      throw new ArgumentError(`Cannot use ${where}: epochs is ${epochs}, wanted an integer from 1`);
    }
    if (hardness && !(hardness[0] >= 0 && hardness[0] < hardness[1] && hardness[1] <= 1)) {
      throw new ArgumentError(`Cannot use ${where}: hardness is [${hardness}], wanted 0 <= from < to <= 1`);
    }
    if (levels && !(levels[0] <= levels[1])) {
      throw new ArgumentError(`Cannot use ${where}: levels is [${levels}], wanted lowest <= highest`);
    }
  });
}
