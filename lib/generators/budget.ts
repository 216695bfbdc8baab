import { checkOptions } from "../core/options.ts";
import { ArgumentError } from "../core/errors.ts";
import type { Price } from "./endpoint.ts";

/** What one run may use; whatever comes first ends it. */
export interface Budget {
  /** Requests sent, repeated ones included. */
  requests?: number;
  /** Prompt and completion tokens together, as the server counts them. */
  tokens?: number;
  /** In the currency of the price. */
  cost?: number;
}

/**
 * Counts what a run uses. Tokens and cost are known only when a request is answered, so a run may exceed them by what
 * was under way: at most one request per place of its concurrency.
 */
export class Spending {
  requests = 0;
  tokens = 0;
  cost = 0;
  readonly #budget: Budget;

  constructor(budget: Budget = {}, price?: Price) {
    checkOptions<Budget>("budget", budget, { requests: "number", tokens: "number", cost: "number" });
    for (const [name, limit] of Object.entries(budget)) {
      if (!(limit >= 0)) throw new ArgumentError(`Cannot keep a budget of ${limit} ${name}: wanted a number from 0`);
    }
    if (budget.cost !== undefined && !price) {
      throw new ArgumentError("Cannot keep a budget in money without a price: pass price: { prompt, completion }");
    }
    this.#budget = budget;
  }

  /** Why nothing more may be sent, or undefined. */
  get exhausted(): string | undefined {
    for (const name of ["requests", "tokens", "cost"] as const) {
      const limit = this.#budget[name];
      if (limit !== undefined && this[name] >= limit) return `the budget of ${limit} ${name} is used up`;
    }
    return undefined;
  }
}
