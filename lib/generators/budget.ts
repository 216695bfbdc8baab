import { checkOptions } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import { type Price, textTokens, type Usage } from "./client/mod.ts";

/** What one run may use; whatever comes first ends it. */
export interface Budget {
  /** Requests sent, repeated ones and refused formats included. */
  requests?: number;
  /** Prompt and completion tokens together, as the server counts them; estimated where it does not. */
  tokens?: number;
  /** In the currency of the price. */
  cost?: number;
}

const LIMITS = ["requests", "tokens", "cost"] as const;

/**
 * Counts what a run uses. Tokens and cost are known only when a request is answered, so a run may exceed them by what
 * was under way: at most one request per place of its concurrency.
 */
export class Spending {
  requests = 0;
  prompt = 0;
  completion = 0;
  /** Tokens among them that are the kit's estimate. */
  estimated = 0;
  /** Answers whose tokens are estimated, in part or all. */
  uncounted = 0;
  cost = 0;
  readonly price?: Price;
  readonly #budget: Budget;

  /** @throws {ArgumentError} if a limit or a price is none, or a limit of cost has no price. */
  constructor(budget: Budget = {}, price?: Price) {
    checkOptions<Budget>("budget", budget, { requests: "number", tokens: "number", cost: "number" });
    for (const [name, limit] of Object.entries(budget)) {
      if (limit === undefined || limit >= 0) continue;
      throw new ArgumentError(`Cannot keep a budget of ${limit} ${name}: wanted a number from 0`);
    }
    if (price) checkOptions<Price>("price", price, { prompt: "number", completion: "number" });
    for (const name of price ? ["prompt", "completion"] as const : []) {
      const value = price![name];
      if (typeof value === "number" && value >= 0 && value < Infinity) continue;
      throw new ArgumentError(`price.${name} must be a number >= 0 per million tokens, found ${value}`, {
        field: "price",
      });
    }
    if (budget.cost !== undefined && !(price && price.prompt + price.completion > 0)) {
      throw new ArgumentError(
        `Cannot keep a budget in money ${
          price ? "with a price of 0" : "without a price"
        }: pass price: { prompt, completion }`,
      );
    }
    this.price = price;
    this.#budget = budget;
  }

  /** Prompt and completion tokens. */
  get tokens(): number {
    return this.prompt + this.completion;
  }

  /**
   * Adds what one answer used: the server's counts, the kit's estimate where there are none.
   *
   * @param expected Tokens of the request, and of an answer that did not arrive.
   * @param text What arrived.
   * @returns its tokens
   */
  count(usage: Usage, expected: { prompt: number; completion: number }, text?: string): number {
    // Words without a token are a server's way of not counting.
    const counted = usage.completionTokens === 0 && text ? null : usage.completionTokens;
    const prompt = usage.promptTokens ?? expected.prompt;
    const completion = counted ?? (text === undefined ? expected.completion : textTokens(text));
    const guessed = (usage.promptTokens === null ? prompt : 0) + (counted === null ? completion : 0);
    this.prompt += prompt;
    this.completion += completion;
    this.estimated += guessed;
    if (usage.promptTokens === null || counted === null) this.uncounted++;
    if (this.price) this.cost += (prompt * this.price.prompt + completion * this.price.completion) / 1e6;
    return prompt + completion;
  }

  /** Why nothing more may be sent, or undefined. */
  get exhausted(): string | undefined {
    for (const name of LIMITS) {
      const limit = this.#budget[name];
      if (limit !== undefined && this[name] >= limit) return `the budget of ${limit} ${name} is used up`;
    }
    return undefined;
  }
}
