import type { z } from "zod";
import type { Random } from "../core/random.ts";
import type { Passage } from "../collections/passage.ts";

/** One turn of a prompt; in a recipe `content` is a template with slots such as `{example}`. */
export interface Message {
  /** Who speaks. */
  readonly role: "system" | "user";
  /** What is said. */
  readonly content: string;
}

/** What was drawn for one request: slot -> value. */
export type DrawnAttributes = Readonly<Record<string, string>>;

/** Slot -> values it is drawn from. */
export type Pools = Readonly<Record<string, readonly string[]>>;

/** What a recipe writes about. */
export interface PromptInput {
  /** Empty for recipes that read a document only. */
  readonly queryId: string;
  /** The query. */
  readonly query: string;
  /** The known positive; for recipes that read a document only, the document. */
  readonly positiveId: string;
  /** Its known positive. */
  readonly positive: Passage;
  /** Passages to judge, or mined passages to rewrite. */
  readonly candidates?: readonly Passage[];
  /** Pools of this query alone, such as its fields of expertise. */
  readonly pools?: Pools;
}

/** One passage (or query, or judgement) as the reader took it out of a reply. */
export interface Item {
  /** Title, may be empty. */
  readonly title: string;
  /** The text. */
  readonly text: string;
  /** What the recipe says about it: level, violated requirement, rule of the edit. */
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** The recipe's own verdict; the reader's guards may still drop it. @default "kept" */
  readonly verdict?: "kept" | "dropped" | "relabelled";
  /** Why, in words. */
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
  /** Who carries it out. */
  readonly kind: "model";
  /** Slots that are drawn by seed; an empty pool must be brought by the collection. */
  readonly pools: Pools;
  /** What the model reads. */
  readonly messages: readonly Message[];
  /** Slots that are filled from the subject; `count` and the drawn slots fill themselves. */
  readonly slots: Readonly<Record<string, (subject: PromptInput, count: number) => string>>;
  /**
   * The version before, if only what its slots show has changed since. A prompt that is the same in both belongs to it,
   * so that what was recorded under it stays the answer.
   */
  readonly earlier?: Pick<ModelRecipe, "version" | "slots">;
  /** What a reply is asked to look like. */
  readonly reply: z.ZodType;
  /** Where the items of a reply stand, and under which other names models put them. */
  readonly list: readonly string[];
  /** Turns one entry of the list into an item; undefined when it holds none. `index` counts from 0. */
  readonly item: (entry: Readonly<Record<string, unknown>>, index: number, subject: PromptInput) => Item | undefined;
  /** Fields of the reply to keep beside the items, as a text; shown as the row's reflection. */
  readonly reflection?: (reply: Readonly<Record<string, unknown>>) => string | undefined;
}

/** What a rule writes with. */
export interface RuleOptions {
  readonly count: number;
  readonly random: Random;
  /** Names that the collection's documents hold. */
  readonly names: readonly string[];
  /** Characters of the passage, title first, within which something may be changed. */
  readonly reach: number;
}

/** A recipe that needs no model: it writes by rule. */
export interface RuleRecipe extends RecipeBase {
  /** Who carries it out. */
  readonly kind: "rule";
  /** Writes the items. */
  readonly write: (subject: PromptInput, options: RuleOptions) => Item[];
}

/** A way of writing negatives, queries or judgements. */
export type Recipe = ModelRecipe | RuleRecipe;

/** Tokens as the server counts them; null when it does not say. */
export interface Usage {
  /** Tokens read, as the server counts them. */
  readonly promptTokens: number | null;
  /** Tokens written, as the server counts them. */
  readonly completionTokens: number | null;
}

/** Decoding parameters that are passed on as they stand; part of a request's identity. */
export interface Sampling {
  /** 0 for the likeliest words. */
  temperature?: number;
  /** Share of the likeliest words drawn from. */
  top_p?: number;
  /** Most tokens of a reply. */
  max_tokens?: number;
  /** For servers that draw by seed; a further try adds one. */
  seed?: number;
}

/** One request to a model, whole: what is sent, and by which key the ledger knows it. */
export interface ModelRequest {
  /** The request, as the ledger knows it: 64 hex digits. */
  readonly key: string;
  /** Name and version: "syneg@1". */
  readonly recipe: string;
  /** The server's name of the model. */
  readonly model: string;
  /** What the model reads. */
  readonly messages: readonly Message[];
  /** How the model is to decode. */
  readonly sampling: Sampling;
  /** Items asked for. */
  readonly count: number;
  /** What was drawn. */
  readonly attributes: DrawnAttributes;
  /** What it is about. */
  readonly input: PromptInput;
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
  /** What was decided. */
  readonly verdict: "kept" | "dropped" | "relabelled";
}

/** What the reader made of one reply. */
export interface Reading {
  /** How it ended. */
  readonly kind: OutcomeKind;
  /** Why, in words. */
  readonly reason: string;
  /** Kept and dropped, in the order of the reply. */
  readonly items: readonly JudgedItem[];
  /** What the model thought. */
  readonly reflection?: string;
}

/** How one request of a run ended, with what it yielded. */
export interface Outcome extends Reading {
  /** The request, as the ledger knows it: 64 hex digits. */
  readonly key: string;
  /** Name and version of the prompt: "syneg@1". */
  readonly recipe: string;
  /** Query; empty for recipes that read documents only. */
  readonly queryId: string;
  /** Its known positive. */
  readonly positiveId: string;
  /** What was drawn. */
  readonly attributes: DrawnAttributes;
  /** The server's name of the model. */
  readonly model: string;
  /** Replies on record for it, this one included. */
  readonly attempts: number;
  /** Whether it was answered from the ledger, without a request. */
  readonly recorded: boolean;
}

/** What a judge reads: a query, its known positive, and candidates that may or may not be negatives. */
export interface JudgeRequest {
  /** Query; empty for recipes that read documents only. */
  readonly queryId: string;
  /** The query. */
  readonly query: string;
  /** Its known positive. */
  readonly positive: Passage;
  /** What is to be judged. */
  readonly candidates: readonly Passage[];
}

/** A judge's word on one candidate: `keep` it as a negative, `drop` it, or `relabel` it as a positive. */
export interface Judgment {
  /** What was decided. */
  readonly verdict: "keep" | "drop" | "relabel";
  /** Why, in words. */
  readonly reason: string;
}

/** Reads candidates, answers in their order. A language model, a cross-encoder, a person. */
export type Judge = (request: JudgeRequest, options?: { signal?: AbortSignal }) => Promise<readonly Judgment[]>;
