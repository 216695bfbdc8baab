/**
 * Tokens of an answer, as the server counts them.
 *
 * @category Generation
 */
export interface Usage {
  /** Tokens of the prompt; null if the server does not count them. */
  readonly promptTokens: number | null;
  /** Tokens of the answer; null if the server does not count them. */
  readonly completionTokens: number | null;
}

/** Names of the counts: the chat completions API's first, then those of another API. */
const PROMPT = ["prompt_tokens", "input_tokens"];
const COMPLETION = ["completion_tokens", "output_tokens"];

/** The counts of a server; null if it reports none or an impossible one: negative, a fraction, a text. */
export function usageOf(usage: unknown): Usage {
  const counts = (usage ?? {}) as Record<string, unknown>;
  const count = (names: readonly string[]) => {
    const found = names.map((name) => counts[name]).find((value) =>
      Number.isSafeInteger(value) && (value as number) >= 0
    );
    return (found as number | undefined) ?? null;
  };
  const [promptTokens, completionTokens] = [count(PROMPT), count(COMPLETION)];
  // Every prompt has tokens: a zero means that the server does not count.
  if (promptTokens === 0) return { promptTokens: null, completionTokens: completionTokens || null };
  return { promptTokens, completionTokens };
}
