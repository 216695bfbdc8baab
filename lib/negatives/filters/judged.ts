import pLimit from "p-limit";
import * as z from "zod";
import { ArgumentError, checkCancelled, KitError } from "../../core/errors.ts";
import { type OptionShape, parseOptions } from "../../core/parse_options.ts";
import type { Judge } from "../../generators/judgment.ts";
import type { NegativesContext } from "../context.ts";
import type { Decision } from "../rules/decision.ts";
import { FILTER_SHAPE, type FilterOptions } from "./filter_options.ts";
import type { FilterNeeds } from "./needs.ts";
import type { Filter } from "./types.ts";

/**
 * Options of {@link judged}.
 *
 * @category Negatives
 */
export interface JudgedOptions extends FilterOptions {
  /**
   * Most candidates of one request (RLHN shows up to 25).
   * @default {25}
   */
  candidates?: number;
  /**
   * Requests in flight.
   * @default {4}
   */
  concurrency?: number;
}

const OPTIONS = z.strictObject(
  {
    ...FILTER_SHAPE,
    candidates: z.int().min(1).default(25),
    concurrency: z.int().min(1).default(4),
  } satisfies OptionShape<JudgedOptions>,
);

/** Rows that go to the judge together. */
interface Request {
  readonly queryId: string;
  readonly rows: number[];
}

/**
 * Asks a judge about every row: keep it (with the judge's confidence as its weight), drop it, or relabel it as a positive
 * (RLHN, arXiv 2505.16967). The judge sees
 * the query, its first known positive, and up to `candidates` passages at a time.
 *
 * @throws {ArgumentError} without a judge.
 * @throws {KitError} if the judge answers for another number of candidates.
 *
 * @example
 * ```ts
 * import { filters } from "@syneg/kit/negatives";
 * import type { Judge } from "@syneg/kit";
 * const strict: Judge = ({ candidates }) => Promise.resolve(candidates.map(() => ({ verdict: "drop", reason: "strict" })));
 * console.log(filters.judged(strict).name); // judge
 * ```
 * @category Negatives
 */
export function judged(judge: Judge, options: JudgedOptions = {}): Filter {
  const { candidates, concurrency, sources } = parseOptions("judged", OPTIONS, options);
  if (typeof judge !== "function") throw new ArgumentError("judged needs a judge (modelJudge makes one), found none");
  return {
    name: "judge",
    rules: ["judge"],
    sources,
    async decide(rows, context) {
      const decisions = new Map<number, Decision>();
      const limit = pLimit(concurrency);
      let done = 0;
      await Promise.all(
        requestsOf(rows, context, candidates).map((request) =>
          limit(async () => {
            checkCancelled(context.signal, "judging negatives");
            for (const [row, decision] of await ask(judge, request, context)) decisions.set(row, decision);
            context.progress?.update(++done);
          })
        ),
      );
      return decisions;
    },
  };
}

/** The rows of each query, up to `most` in one request. */
function requestsOf(rows: readonly number[], { pool }: NegativesContext, most: number): Request[] {
  const requests: Request[] = [];
  const open = new Map<string, Request>();
  for (const row of rows) {
    const queryId = pool.query(row);
    let request = open.get(queryId);
    if (!request || request.rows.length === most) {
      requests.push(request = { queryId, rows: [] });
      open.set(queryId, request);
    }
    request.rows.push(row);
  }
  return requests;
}

async function ask(judge: Judge, { queryId, rows }: Request, context: NegativesContext): Promise<[number, Decision][]> {
  const answers = await judge({
    queryId,
    query: context.query(queryId),
    positive: context.document(context.positives.get(queryId)![0]),
    candidates: rows.map(context.passage),
  }, { signal: context.signal });
  if (answers.length !== rows.length) {
    throw new KitError(
      `Cannot use the judge's answer on query "${queryId}": it must have ${rows.length} judgments, found ${answers.length}`,
    );
  }
  return answers.flatMap(({ verdict, reason, confidence: weight }, i): [number, Decision][] => {
    if (verdict === "keep") {
      if (weight === undefined) return [];
      if (weight >= 0 && weight <= 1) return [[rows[i], { verdict: "kept", weight, reason: `judge: ${reason}` }]];
      throw new KitError(
        `Cannot use the judge's answer on query "${queryId}": confidence must be a number >= 0 and <= 1, found ${weight}`,
      );
    }
    return [[rows[i], { verdict: verdict === "drop" ? "dropped" : "relabeled", reason: `judge: ${reason}` }]];
  });
}

/** {@link judged} as an entry of the registry. */
export const JUDGED = {
  name: "judge",
  about: "a language model keeps, drops or relabels (RLHN, arXiv 2505.16967)",
  options: OPTIONS,
  make: (options: JudgedOptions, needs: FilterNeeds): Filter => judged(needs.judge(), options),
} as const;
