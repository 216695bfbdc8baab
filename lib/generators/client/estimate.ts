import type { ModelRecipe } from "../recipe.ts";
import type { ModelRequest } from "../model_request.ts";

/** Tokens of a query, or of a verdict with its reason. */
const LINE = 20;

/** Roughly the tokens of a text: a quarter of its bytes, which is four letters of English, one and a third of Chinese. */
export function textTokens(text: string): number {
  return Math.ceil(quarter(text));
}

/**
 * Roughly the tokens of a request, by {@link textTokens}: its messages; and for each item a text as long as the
 * positive (queries and verdicts: a line) with a title and brackets, beside a reflection of some 80 tokens.
 */
export function estimateUsage({ messages, count, input: subject, sampling }: ModelRequest, { writes }: ModelRecipe) {
  const prompt = Math.ceil(messages.reduce((sum, { content }) => sum + quarter(content), 0));
  const item = writes === "negatives" ? quarter(subject.positive.text) : LINE;
  const completion = Math.ceil(count * (item + 20) + 80);
  return { prompt, completion: Math.min(sampling.max_tokens ?? Infinity, completion) };
}

function quarter(text: string): number {
  return new TextEncoder().encode(text).length / 4;
}
