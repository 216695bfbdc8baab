import { join } from "node:path";
import type { Verdict } from "../../lib/tables/schema.ts";
import { shared } from "../shared.ts";

/** One judged query of RLHN's files. */
export interface Judged {
  readonly query_id: string;
  readonly query: string;
  readonly positive: string;
  readonly candidates: readonly string[];
  readonly verdicts: readonly Verdict[];
}

/**
 * Verdicts of RLHN's judges (Thakur et al. 2025): "better" or equal to the known positive is a relabel, relevant but
 * "worse" is a drop, unnamed is a keep.
 */
export async function rlhn(set: "fiqa" | "msmarco_passage", stage: 1 | 2): Promise<Map<string, Judged> | undefined> {
  const model = stage === 1 ? "gpt-4o-mini" : "gpt-4o";
  const path = shared(join("llm-negatives", `rlhn-${set}.stage_${stage}.${model}.jsonl`));
  if (!path) return undefined;
  const found = new Map<string, Judged>();
  for (const line of (await Deno.readTextFile(path)).trim().split("\n")) {
    const { query_id, query, positive_passages, negative_passages, response } = JSON.parse(line);
    const numbers = (tag: string) => {
      const [, list] = new RegExp(`<${tag}>[^\\[]*\\[([^\\]]*)\\]`).exec(response)!;
      return new Set([...list.matchAll(/Doc \((\d+)\)/g)].map((match) => Number(match[1])));
    };
    const [better, worse] = [numbers("better"), numbers("worse")];
    found.set(query_id, {
      query_id,
      query,
      positive: positive_passages[0].text,
      candidates: negative_passages.map((passage: { text: string }) => passage.text),
      verdicts: negative_passages.map((_: unknown, i: number) =>
        better.has(i + 1) ? "relabeled" : worse.has(i + 1) ? "dropped" : "kept"
      ),
    });
  }
  return found;
}
