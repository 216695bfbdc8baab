import type { Usage } from "./usage.ts";

/**
 * Price per million tokens, in a currency of your choice.
 *
 * @category Generation
 */
export interface Price {
  /** Price of a million prompt tokens. */
  readonly prompt: number;
  /** Price of a million completion tokens. */
  readonly completion: number;
}

/** The cost of an answer; null without a price or without counts. */
export function costOf({ promptTokens, completionTokens }: Usage, price: Price | undefined): number | null {
  if (!price || promptTokens === null || completionTokens === null) return null;
  return (promptTokens * price.prompt + completionTokens * price.completion) / 1e6;
}
