import type { Verdict } from "../tables/schema.ts";
import type { DrawnAttributes, Item } from "./recipe.ts";

/**
 * How a request ended.
 *
 * - `complete`: all requested items; `partial`: some of them.
 * - Faults of a reply: `refused`, `filtered`, `truncated`, `malformed`, `empty`, `unusable` (a guard dropped every item).
 * - Without a reply: `rejected` by the server, `unreachable`, `unsent` (budget spent), `unrecorded` (nothing to replay).
 *
 * @category Generation
 */
export type OutcomeKind =
  | "complete"
  | "partial"
  | "refused"
  | "filtered"
  | "truncated"
  | "malformed"
  | "empty"
  | "unusable"
  | "rejected"
  | "unreachable"
  | "unsent"
  | "unrecorded";

/**
 * An item with its final verdict.
 *
 * @category Generation
 */
export interface JudgedItem extends Item {
  /** Verdict of the recipe and the guards. */
  readonly verdict: Verdict;
}

/**
 * The items of one reply.
 *
 * @category Generation
 */
export interface Reading {
  /** How the request ended. */
  readonly kind: OutcomeKind;
  /** Reason for the kind. */
  readonly reason: string;
  /** Kept and dropped items, in the order of the reply. */
  readonly items: readonly JudgedItem[];
  /** The model's reflection. */
  readonly reflection?: string;
}

/**
 * How one request of a run ended, with its items.
 *
 * @category Generation
 */
export interface Outcome extends Reading {
  /** Key of the request in the ledger: 64 hex digits. */
  readonly key: string;
  /** Name and version of the prompt: "syneg@1". */
  readonly recipe: string;
  /** Id of the query; empty for recipes that read documents only. */
  readonly queryId: string;
  /** Id of the known positive. */
  readonly positiveId: string;
  /** The drawn attributes. */
  readonly attributes: DrawnAttributes;
  /** The server's name of the model. */
  readonly model: string;
  /** Replies to the request in the ledger. */
  readonly attempts: number;
  /** Whether the ledger answered it without a request. */
  readonly recorded: boolean;
}
