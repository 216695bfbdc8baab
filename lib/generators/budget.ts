import { ArgumentError } from "../core/errors.ts";
import { checkOptions } from "../core/options.ts";
import { type Price, textTokens, type Usage } from "./client/mod.ts";

/**
 * Limits of one run; the first that is reached ends it.
 *
 * @category Generation
 */
export interface Budget {
  /** Requests sent, including repeated ones and refused formats. Omit for no limit. */
  requests?: number;
  /** Prompt and completion tokens, as the server counts them, or estimated. Omit for no limit. */
  tokens?: number;
  /** Cost in the currency of the price. Omit for no limit. */
  cost?: number;
}

const LIMITS = ["requests", "tokens", "cost"] as const;

/**
 * Counts what a run spends. Tokens and cost are known only when a request is answered, so a run may exceed them by the
 * requests in flight: at most one per slot of its concurrency.
 *
 * @category Generation
 */
export class Spending {
  /** Requests sent. */
  requests = 0;
  /** Prompt tokens. */
  prompt = 0;
  /** Completion tokens. */
  completion = 0;
  /** Tokens among them that are estimated. */
  estimated = 0;
  /** Answers with estimated tokens. */
  uncounted = 0;
  /** Cost in the currency of the price. */
  cost = 0;
  /** Price of the tokens. */
  readonly price?: Price;
  readonly #budget: Budget;

  /**
   * Counts from 0.
   *
   * @throws {ArgumentError} if a limit or a price is outside its domain, or a limit of the cost has no price.
   */
  constructor(budget: Budget = {}, price?: Price) {
    checkOptions<Budget>("budget", budget, { requests: "number", tokens: "number", cost: "number" });
    for (const [name, limit] of Object.entries(budget)) {
      if (limit === undefined || limit >= 0) continue;
      throw new ArgumentError(`budget.${name} must be a number >= 0, found ${limit}`, { field: "budget" });
    }
    if (price) checkPrice(price);
    if (budget.cost !== undefined && !(price && price.prompt + price.completion > 0)) {
      throw new ArgumentError(
        `budget.cost needs a price > 0, found ${price ? "a price of 0" : "none"}; pass price: { prompt, completion }`,
        { field: "budget" },
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
   * Adds the tokens of one answer: the server's counts, or an estimate.
   *
   * @param expected Estimated tokens of the request, and of an answer that did not arrive.
   * @param text The answer, if it arrived.
   * @returns the tokens added
   */
  count(usage: Usage, expected: { prompt: number; completion: number }, text?: string): number {
    // A text of 0 tokens means that the server does not count.
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

  /** Why nothing more may be sent; undefined while the budget lasts. */
  get exhausted(): string | undefined {
    for (const name of LIMITS) {
      const limit = this.#budget[name];
      if (limit !== undefined && this[name] >= limit) return `the budget of ${limit} ${name} is spent`;
    }
    return undefined;
  }
}

function checkPrice(price: Price): void {
  checkOptions<Price>("price", price, { prompt: "number", completion: "number" });
  for (const name of ["prompt", "completion"] as const) {
    const value = price[name];
    if (typeof value === "number" && value >= 0 && value < Infinity) continue;
    throw new ArgumentError(`price.${name} must be a number >= 0 per million tokens, found ${value}`, {
      field: "price",
    });
  }
}
