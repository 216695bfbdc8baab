import { FILTER_OPTIONS } from "./filter.ts";
import { checkOptions, type OptionKinds } from "../../core/options.ts";
import pLimit from "p-limit";
import { ArgumentError, checkCancelled, KitError } from "../../core/errors.ts";
import type { Judge } from "../../generators/judgment.ts";
import type { Decision, Filter, FilterOptions } from "./filter.ts";

/** Options of {@link judged}. */
export interface JudgedOptions extends FilterOptions {
  /** Most candidates of one request (RLHN shows up to 25). @default 25 */
  candidates?: number;
  /** Requests under way at a time. @default 4 */
  concurrency?: number;
}

const JUDGED_OPTIONS: OptionKinds<JudgedOptions> = { ...FILTER_OPTIONS, candidates: "number", concurrency: "number" };

/**
 * Asks a judge about every row: it stays, is dropped, or is relabeled as a positive (RLHN, arXiv 2505.16967). The judge
 * sees the query, its first known positive and up to 25 candidates at a time.
 *
 * @throws {ArgumentError} without a judge. @throws {KitError} if the judge answers another number of candidates.
 */
export function judged(judge: Judge, options: JudgedOptions = {}): Filter {
  checkOptions<JudgedOptions>("judged", options, JUDGED_OPTIONS);
  const { candidates = 25, concurrency = 4, sources } = options;
  if (typeof judge !== "function") throw new ArgumentError("Cannot filter by a judge: none was given");
  for (const [name, value] of Object.entries({ candidates, concurrency })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new ArgumentError(`Cannot judge with ${name} = ${value}: wanted an integer from 1`);
    }
  }
  return {
    name: "judge",
    rules: ["judge"],
    sources,
    async decide(rows, { pool, positives, passage, document, query, progress, signal }) {
      const requests: { query_id: string; rows: number[] }[] = [];
      const open = new Map<string, { query_id: string; rows: number[] }>();
      for (const row of rows) {
        const query_id = pool.query(row);
        let request = open.get(query_id);
        if (!request || request.rows.length === candidates) {
          requests.push(request = { query_id, rows: [] });
          open.set(query_id, request);
        }
        request.rows.push(row);
      }
      const decisions = new Map<number, Decision>();
      const limit = pLimit(concurrency);
      let done = 0;
      await Promise.all(requests.map((request) =>
        limit(async () => {
          checkCancelled(signal, "judging negatives");
          const { query_id } = request;
          const answers = await judge({
            queryId: query_id,
            query: query(query_id),
            positive: document(positives.get(query_id)![0]),
            candidates: request.rows.map(passage),
          }, { signal });
          if (answers.length !== request.rows.length) {
            throw new KitError(
              `Cannot use the judge's answer on query "${query_id}": found ${answers.length} judgements, wanted ` +
                `${request.rows.length}`,
            );
          }
          answers.forEach(({ verdict, reason }, i) => {
            if (verdict === "keep") return;
            decisions.set(request.rows[i], {
              verdict: verdict === "drop" ? "dropped" : "relabeled",
              reason: `judge: ${reason}`,
            });
          });
          progress?.update(++done);
        })
      ));
      return decisions;
    },
  };
}
