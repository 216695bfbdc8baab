import { checkOptions, type OptionKinds } from "../core/options.ts";
import { z } from "zod";

import { readJsonLines } from "../files/json_lines.ts";
import { modelRecipe } from "./recipes/mod.ts";
import type { ModelRecipe } from "./recipe.ts";
import type { Reading } from "./outcome.ts";
import { readReply } from "./reading/mod.ts";

const LINE = z.object({
  query: z.string(),
  positive: z.string(),
  /** The reply, or the piece of one that somebody took for a negative. */
  negative: z.string().optional(),
  reply: z.string().optional(),
  response: z.string().optional(),
}).transform(({ query, positive, negative, reply, response }, context) => {
  const text = reply ?? response ?? negative;
  if (text !== undefined) return { query, positive, text };
  context.addIssue({ code: "custom", message: 'one of "reply", "response" and "negative" must be a string' });
  return z.NEVER;
});

/** What the reader made of a file of raw replies. */
export interface RawReport {
  /** Replies read. */
  readonly replies: number;
  /** Replies by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Items kept. */
  readonly kept: number;
  /** Dropped items by guard, most first, with the first texts dropped by it. */
  readonly dropped: readonly { guard: string; count: number; examples: readonly string[] }[];
  /** What became of each reply. */
  readonly readings: readonly Reading[];
}

/** Options of {@link readRawReplies}. */
export interface RawOptions {
  /** @default "syneg" */
  recipe?: string | ModelRecipe;
  /** Items expected in one reply. @default 1 */
  count?: number;
}

const RAW_OPTIONS: OptionKinds<RawOptions> = { recipe: "string|object", count: "number" };

/**
 * Reads raw replies of a model from a JSONL file of `query`, `positive` and `reply` (or `negative`, `response`), as the
 * reader reads those of a run, and tells what it keeps and drops and why.
 *
 * @throws {KitError} that names file, line and field of a bad line.
 */
export async function readRawReplies(path: string, options: RawOptions = {}): Promise<RawReport> {
  checkOptions<RawOptions>("readRawReplies", options, RAW_OPTIONS);
  const { count = 1 } = options;
  const recipe = modelRecipe(options.recipe ?? "syneg");
  const readings: Reading[] = [];
  for (const { query, positive, text } of await readJsonLines(path, { schema: LINE, what: "a raw reply" })) {
    const subject = { queryId: "", query, positiveId: "", positive: { title: "", text: positive } };
    readings.push(readReply({ text, finishReason: null }, recipe, subject, count));
  }
  const outcomes: Record<string, number> = {};
  const guards = new Map<string, { count: number; examples: string[] }>();
  let kept = 0;
  for (const { kind, items } of readings) {
    outcomes[kind] = (outcomes[kind] ?? 0) + 1;
    for (const { verdict, reason, text } of items) {
      if (verdict !== "dropped") kept++;
      else {
        const guard = reason!.split(":")[0];
        const found = guards.get(guard) ?? { count: 0, examples: [] };
        found.count++;
        if (found.examples.length < 3) found.examples.push(text);
        guards.set(guard, found);
      }
    }
  }
  const dropped = [...guards].map(([guard, found]) => ({ guard, ...found })).sort((a, b) => b.count - a.count);
  return { replies: readings.length, outcomes, kept, dropped, readings };
}
