import * as z from "zod";
import { ArgumentError } from "../../core/errors.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import { withNumbers } from "../pool.ts";
import type { Candidates, Sampler } from "../types.ts";
import { samplerOf } from "./sampler.ts";

/**
 * Some epochs of a {@link curriculum}.
 *
 * @category Negatives
 */
export interface Stage {
  /** Epochs that it lasts. Only the last stage may omit it; it lasts to the end in any case. */
  epochs?: number;
  /** Share of a query's candidates by score: 0 is its easiest, 1 its hardest. Omit for all. */
  hardness?: readonly [number, number];
  /** Lowest and highest level that the recipe wrote for (column `grade`). Omit for all rows, with or without a level. */
  levels?: readonly [number, number];
  /** Draws from the rows that remain. */
  sampler: Sampler;
}

/** Schema of a {@link Stage} without its sampler. */
export const STAGE_SHAPE = {
  epochs: z.int().min(1).optional(),
  hardness: z.tuple([z.number().min(0), z.number().max(1)]).describe("[from, to] with 0 <= from < to <= 1").optional(),
  levels: z.tuple([z.number(), z.number()]).describe("[lowest, highest]").optional(),
} satisfies OptionShape<Omit<Stage, "sampler">>;

const STAGE = z.strictObject({
  ...STAGE_SHAPE,
  sampler: z.custom<Sampler>((value) => typeof value === "object" && value !== null && "pick" in value)
    .describe("a sampler"),
});

/**
 * Trains from easy to hard, or as the stages say: by epochs, by measured similarity, or by the level that the recipe
 * wrote for (MGH, arXiv 2509.00842).
 *
 * Of n candidates in order of score (ties in the table's order), `hardness: [a, b]` keeps those from floor(a·n) to
 * ceil(b·n).
 *
 * @throws {ArgumentError} for impossible stages, or for a row without a score if a stage has a hardness.
 *
 * @example
 * ```ts
 * import { samplers } from "@syneg/kit/negatives";
 * const sampler = samplers.uniform({ count: 4, seed: 7 });
 * samplers.curriculum([
 *   { epochs: 1, hardness: [0, 0.5], sampler },
 *   { epochs: 2, hardness: [0.25, 0.75], sampler },
 *   { hardness: [0.5, 1], sampler },
 * ]);
 * ```
 * @category Negatives
 */
export function curriculum(stages: readonly Stage[]): Sampler {
  check(stages);
  const named = stages.flatMap(({ sampler }) => sampler.sources ?? []);
  return samplerOf({
    name: "curriculum",
    settings: stages,
    pick(candidates, epoch, count) {
      let end = 0;
      const stage = stages.find(({ epochs = Infinity }) => epoch < (end += epochs)) ?? stages[stages.length - 1];
      return stage.sampler.pick({ ...candidates, rows: stageRows(candidates, stage) }, epoch, count);
    },
    sources: named.length > 0 ? [...new Set(named)] : undefined,
  });
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
  if (stages.length === 0) throw new ArgumentError("A curriculum needs at least one stage, found none");
  stages.forEach((stage, i) => {
    const where = `stage ${i + 1} of the curriculum`;
    const { epochs, hardness, levels } = parseOptions(where, STAGE, stage);
    if (epochs === undefined && i < stages.length - 1) {
      throw new ArgumentError(`${where} needs epochs: only the last stage may omit them`);
    }
    if (hardness && !(hardness[0] < hardness[1])) {
      throw new ArgumentError(`hardness of ${where} must be [from, to] with 0 <= from < to <= 1, found [${hardness}]`);
    }
    if (levels && !(levels[0] <= levels[1])) {
      throw new ArgumentError(`levels of ${where} must be [lowest, highest], found [${levels}]`);
    }
  });
}

/** A stage as plain data: the sampler comes with the curriculum. */
type PlainStage = Omit<Stage, "sampler">;

/** {@link curriculum} as an entry of the registry: stages around one sampler. */
export const STAGES = {
  name: "stages",
  about: "stages by epochs, hardness and level (MGH, arXiv 2509.00842)",
  options: z.strictObject({ stages: z.array(z.strictObject(STAGE_SHAPE)).min(1) }),
  make: ({ stages }: { stages: readonly PlainStage[] }, sampler: Sampler): Sampler =>
    curriculum(stages.map((stage) => ({ ...stage, sampler }))),
} as const;
