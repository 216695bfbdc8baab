import type { ModelRecipe, ModelRequest } from "./types.ts";

/** Tokens of a query, or of a verdict with its reason. */
const LINE = 20;

/**
 * Roughly the tokens of a request, at four characters a token: its messages; and for each item a text as long as the
 * positive (queries and verdicts: a line) with a title and brackets, beside a reflection of some 80 tokens.
 */
export function estimateUsage({ messages, count, subject, sampling }: ModelRequest, { writes }: ModelRecipe) {
  const prompt = Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / 4);
  const item = writes === "negatives" ? subject.positive.text.length / 4 : LINE;
  const completion = Math.ceil(count * (item + 20) + 80);
  return { prompt, completion: Math.min(sampling.max_tokens ?? Infinity, completion) };
}
