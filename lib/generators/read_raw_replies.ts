import * as z from "zod";
import { checkOptions } from "../core/options.ts";
import { readJsonLines } from "../files/json_lines.ts";
import type { Reading } from "./outcome.ts";
import { readReply } from "./reading/mod.ts";
import type { ModelRecipe } from "./recipe.ts";
import { modelRecipe } from "./recipes/mod.ts";

const LINE = z.object({
  query: z.string(),
  positive: z.string(),
  /** A reply, or the part of one that was used as a negative. */
  negative: z.string().optional(),
  reply: z.string().optional(),
  response: z.string().optional(),
}).transform(({ query, positive, negative, reply, response }, context) => {
  const text = reply ?? response ?? negative;
  if (text !== undefined) return { query, positive, text };
  context.addIssue({ code: "custom", message: 'one of "reply", "response" and "negative" must be a string' });
  return z.NEVER;
});

/** Texts shown per guard. */
const EXAMPLES = 3;

/**
 * What the reader makes of a file of raw replies.
 *
 * @category Generation
 */
export interface RawReport {
  /** Replies read. */
  readonly replies: number;
  /** Replies by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Items kept. */
  readonly kept: number;
  /** Dropped items by guard, most frequent first, with a few of their texts. */
  readonly dropped: readonly { guard: string; count: number; examples: readonly string[] }[];
  /** The items of each reply. */
  readonly readings: readonly Reading[];
}

/**
 * Options of {@link readRawReplies}.
 *
 * @category Generation
 */
export interface RawOptions {
  /**
   * Recipe that the replies follow.
   *
   * @default {"syneg"}
   */
  recipe?: string | ModelRecipe;
  /**
   * Items expected per reply.
   *
   * @default {1}
   */
  count?: number;
}

/**
 * Reads raw replies of a model from a JSONL file of `query`, `positive` and `reply` (or `negative`, `response`), as it
 * would read those of a run. Reports what is kept, and what is dropped and why.
 *
 * @throws {KitError} with file, line and field of an invalid line.
 *
 * @example
 * ```ts
 * import { readRawReplies } from "@syneg/kit";
 * const path = await Deno.makeTempFile({ dir: "/tmp" });
 * await Deno.writeTextFile(path, '{"query": "q", "positive": "p", "reply": "I cannot help with that request."}');
 * console.log((await readRawReplies(path)).outcomes); // { refused: 1 }
 * ```
 *
 * @category Generation
 */
export async function readRawReplies(path: string, options: RawOptions = {}): Promise<RawReport> {
  checkOptions<RawOptions>("readRawReplies", options, { recipe: "string|object", count: "number" });
  const { count = 1 } = options;
  const recipe = modelRecipe(options.recipe ?? "syneg");
  const lines = await readJsonLines(path, { schema: LINE, what: "a raw reply" });
  return reportOf(lines.map(({ query, positive, text }) => {
    const input = { queryId: "", query, positiveId: "", positive: { title: "", text: positive } };
    return readReply({ text, finishReason: null }, recipe, input, count);
  }));
}

function reportOf(readings: readonly Reading[]): RawReport {
  const outcomes: Record<string, number> = {};
  const guards = new Map<string, { count: number; examples: string[] }>();
  let kept = 0;
  for (const { kind, items } of readings) {
    outcomes[kind] = (outcomes[kind] ?? 0) + 1;
    for (const { verdict, reason, text } of items) {
      if (verdict !== "dropped") {
        kept++;
        continue;
      }
      const guard = reason!.split(":")[0];
      const found = guards.get(guard) ?? { count: 0, examples: [] };
      found.count++;
      if (found.examples.length < EXAMPLES) found.examples.push(text);
      guards.set(guard, found);
    }
  }
  const dropped = [...guards].map(([guard, found]) => ({ guard, ...found })).sort((a, b) => b.count - a.count);
  return { replies: readings.length, outcomes, kept, dropped, readings };
}
