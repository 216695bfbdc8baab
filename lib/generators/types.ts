import type { z } from "zod";
import type { Random } from "../core/random.ts";
import type { Passage } from "../data/passage.ts";

/** One turn of a prompt; in a recipe `content` is a template with slots such as `{example}`. */
export interface Message {
  readonly role: "system" | "user";
  readonly content: string;
}

/** What was drawn for one request: slot -> value. */
export type DrawnAttributes = Readonly<Record<string, string>>;

/** Slot -> values it is drawn from. */
export type Pools = Readonly<Record<string, readonly string[]>>;

/** What a recipe writes about. */
export interface Subject {
  /** Empty for recipes that read a document only. */
  readonly query_id: string;
  readonly query: string;
  /** The known positive; for recipes that read a document only, the document. */
  readonly positive_id: string;
  readonly positive: Passage;
  /** Passages to judge, or mined passages to rewrite. */
  readonly candidates?: readonly Passage[];
  /** Pools of this query alone, such as its fields of expertise. */
  readonly pools?: Pools;
}

/** One passage (or query, or judgement) as the reader took it out of a reply. */
export interface Item {
  readonly title: string;
  readonly text: string;
  /** What the recipe says about it: level, violated requirement, rule of the edit. */
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** The recipe's own verdict; the reader's guards may still drop it. @default "kept" */
  readonly verdict?: "kept" | "dropped" | "relabelled";
  readonly reason?: string;
}

/** What every recipe says of itself. */
export interface RecipeBase {
  /** Short, in lower case: what `recipe:` takes. */
  readonly name: string;
  /** A changed word of the prompt is another version: recorded replies belong to one. */
  readonly version: number;
  /** One line, with its source. */
  readonly about: string;
  /** What comes out: negatives of a query, queries for a document, or verdicts on candidates. */
  readonly writes: "negatives" | "queries" | "judgements";
  /** Items asked for in one request. */
  readonly count: number;
}

/** A recipe that a language model carries out. Plain data: adding one is one file and one line in the registry. */
export interface ModelRecipe extends RecipeBase {
  readonly kind: "model";
  /** Slots that are drawn by seed; an empty pool must be brought by the collection. */
  readonly pools: Pools;
  readonly messages: readonly Message[];
  /** Slots that are filled from the subject; `count` and the drawn slots fill themselves. */
  readonly slots: Readonly<Record<string, (subject: Subject, count: number) => string>>;
  /** What a reply is asked to look like. */
  readonly reply: z.ZodType;
  /** Where the items of a reply stand, and under which other names models put them. */
  readonly list: readonly string[];
  /** Turns one entry of the list into an item; undefined when it holds none. `index` counts from 0. */
  readonly item: (entry: Readonly<Record<string, unknown>>, index: number, subject: Subject) => Item | undefined;
  /** Fields of the reply to keep beside the items, as a text; shown as the row's reflection. */
  readonly reflection?: (reply: Readonly<Record<string, unknown>>) => string | undefined;
}

/** A recipe that needs no model: it writes by rule. */
export interface RuleRecipe extends RecipeBase {
  readonly kind: "rule";
  readonly write: (subject: Subject, options: { count: number; random: Random; names: readonly string[] }) => Item[];
}

/** A way of writing negatives, queries or judgements. */
export type Recipe = ModelRecipe | RuleRecipe;

/** Tokens as the server counts them; null when it does not say. */
export interface Usage {
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
}

/** Decoding parameters that are passed on as they stand; part of a request's identity. */
export interface Sampling {
  temperature?: number;
  top_p?: number;
  max_tokens?: number;
  seed?: number;
}

/** One request to a model, whole: what is sent, and by which key the ledger knows it. */
export interface ModelRequest {
  readonly key: string;
  /** Name and version: "syneg@1". */
  readonly recipe: string;
  readonly model: string;
  readonly messages: readonly Message[];
  readonly sampling: Sampling;
  readonly count: number;
  readonly attributes: DrawnAttributes;
  readonly subject: Subject;
}

/**
 * How a request ended. `complete`: all items asked for; `partial`: some; then the reply's faults: `refused`,
 * `filtered`, `truncated`, `malformed`, `empty`, `unusable` (a guard dropped every item); then what kept it from being answered: `rejected` by the server,
 * `unreachable`, `unsent` (budget), `unrecorded` (replay knows no reply).
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

/** An item after the guards: kept, dropped or relabelled, and why. */
export interface JudgedItem extends Item {
  readonly verdict: "kept" | "dropped" | "relabelled";
}

/** What the reader made of one reply. */
export interface Reading {
  readonly kind: OutcomeKind;
  readonly reason: string;
  readonly items: readonly JudgedItem[];
  readonly reflection?: string;
}

/** How one request of a run ended, with what it yielded. */
export interface Outcome extends Reading {
  readonly key: string;
  readonly query_id: string;
  readonly positive_id: string;
  readonly attributes: DrawnAttributes;
  readonly model: string;
  /** Replies on record for it, this one included. */
  readonly attempts: number;
  /** Whether it was answered from the ledger, without a request. */
  readonly recorded: boolean;
}

/** What a judge reads: a query, its known positive, and candidates that may or may not be negatives. */
export interface JudgeRequest {
  readonly query_id: string;
  readonly query: string;
  readonly positive: Passage;
  readonly candidates: readonly Passage[];
}

/** A judge's word on one candidate: `keep` it as a negative, `drop` it, or `relabel` it as a positive. */
export interface Judgement {
  readonly verdict: "keep" | "drop" | "relabel";
  readonly reason: string;
}

/** Reads candidates, answers in their order. A language model, a cross-encoder, a person. */
export type Judge = (request: JudgeRequest, options?: { signal?: AbortSignal }) => Promise<readonly Judgement[]>;
