import type { ModelRequest } from "./types.ts";

/**
 * Roughly the tokens of a request, at four characters a token: its messages; and for each item a text as long as the
 * positive with a title and brackets, beside a reflection of some 80 tokens.
 */
export function estimateUsage({ messages, count, subject, sampling }: ModelRequest) {
  const prompt = Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / 4);
  const completion = Math.ceil(count * (subject.positive.text.length / 4 + 20) + 80);
  return { prompt, completion: Math.min(sampling.max_tokens ?? Infinity, completion) };
}
