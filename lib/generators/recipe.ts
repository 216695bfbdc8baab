import type { Passage } from "../collections/passage.ts";
import type { Random } from "../core/random.ts";
import type { Verdict } from "../tables/schema.ts";

/**
 * One message of a prompt. In a recipe, `content` is a template with slots such as `{example}`.
 *
 * @category Generation
 */
export interface Message {
  /** Who speaks. */
  readonly role: "system" | "user";
  /** The text. */
  readonly content: string;
}

/**
 * The values drawn for one request, by slot.
 *
 * @category Generation
 */
export type DrawnAttributes = Readonly<Record<string, string>>;

/**
 * The values that a slot is drawn from, by slot.
 *
 * @category Generation
 */
export type Pools = Readonly<Record<string, readonly string[]>>;

/**
 * What fills a recipe's prompt: a query with a known positive, or a document alone.
 *
 * @category Generation
 */
export interface PromptInput {
  /** Id of the query; empty for recipes that read a document only. */
  readonly queryId: string;
  /** Text of the query. */
  readonly query: string;
  /** Id of the known positive; for recipes that read a document only, of the document. */
  readonly positiveId: string;
  /** The known positive, or the document. */
  readonly positive: Passage;
  /** Passages to judge, or mined passages to rewrite. */
  readonly candidates?: readonly Passage[];
  /** Pools of this query alone, such as its fields of expertise. */
  readonly pools?: Pools;
}

/**
 * One passage, query or judgment that a recipe reads from a reply.
 *
 * @category Generation
 */
export interface Item {
  /** Title; may be empty. */
  readonly title: string;
  /** The text. */
  readonly text: string;
  /** What the recipe says about it: the level, the violated requirement, the rule of an edit. */
  readonly attributes?: Readonly<Record<string, string | number>>;
  /**
   * The recipe's own verdict; a guard may still drop the item.
   *
   * @default {"kept"}
   */
  readonly verdict?: Verdict;
  /** Reason for the verdict. */
  readonly reason?: string;
}

/**
 * The fields that all recipes share.
 *
 * @category Generation
 */
export interface RecipeBase {
  /** Short name in lower case, as the option `recipe` takes it. */
  readonly name: string;
  /** Raised by every changed word of the prompt: recorded replies belong to one version. */
  readonly version: number;
  /** One line of help, with the source. */
  readonly about: string;
  /** What it writes: negatives for a query, queries for a document, or judgments of candidates. */
  readonly writes: "negatives" | "queries" | "judgments";
  /** Items per request. */
  readonly count: number;
  /**
   * Whether it reads mined negatives, to rewrite or to judge them.
   *
   * @default {false}
   */
  readonly readsMined?: boolean;
}

/**
 * What {@link ModelRecipe.settle} reads beside the items.
 *
 * @category Generation
 */
export interface SettleOptions {
  /** The object around the list; empty if there is none. */
  readonly reply: Readonly<Record<string, unknown>>;
  /** What filled the prompt. */
  readonly input: PromptInput;
  /** Whether the reply breaks off before its end. */
  readonly cut: boolean;
}

/**
 * A recipe that a language model follows. It is plain data, so a recipe of your own is one object.
 *
 * @category Generation
 */
export interface ModelRecipe extends RecipeBase {
  /** A language model follows it. */
  readonly kind: "model";
  /** Slots that are drawn by seed; the collection fills an empty pool. */
  readonly pools: Pools;
  /** The prompt, with slots. */
  readonly messages: readonly Message[];
  /** Slots that the input fills. The drawn slots and `count` are filled in any case. */
  readonly slots: Readonly<Record<string, (input: PromptInput, count: number) => string>>;
  /**
   * The previous version, where only its slots differ. A prompt that is the same in both belongs to it, so that replies
   * recorded under it remain valid.
   */
  readonly earlier?: Pick<ModelRecipe, "version" | "slots">;
  /** JSON schema of the reply, sent to the server. */
  readonly reply: Readonly<Record<string, unknown>>;
  /** Names of the field that lists the items: the one that is asked for, then those that models use instead. */
  readonly list: readonly string[];
  /** Reads one entry of the list, counted from 0; undefined if it holds no item. */
  readonly item: (entry: Readonly<Record<string, unknown>>, index: number, input: PromptInput) => Item | undefined;
  /**
   * Settles all items of a reply together, where their verdicts follow from the whole of it, such as from a ranking. A
   * judgment without text is not counted; its reason says why.
   */
  readonly settle?: (items: readonly Item[], options: SettleOptions) => readonly Item[];
  /** Reads a text from the reply to keep beside the items, as their reflection. */
  readonly reflection?: (reply: Readonly<Record<string, unknown>>) => string | undefined;
}

/**
 * Options of {@link RuleRecipe.write}.
 *
 * @category Generation
 */
export interface RuleOptions {
  /** Items to write. */
  readonly count: number;
  /** Random stream of the input. */
  readonly random: Random;
  /** Names that occur in the collection's documents. */
  readonly names: readonly string[];
  /** Characters of the passage, title first, that may be edited. */
  readonly reach: number;
}

/**
 * A recipe that writes by rule and needs no model.
 *
 * @category Generation
 */
export interface RuleRecipe extends RecipeBase {
  /** A rule follows it. */
  readonly kind: "rule";
  /** Writes the items. */
  readonly write: (input: PromptInput, options: RuleOptions) => Item[];
}

/**
 * A way to write negatives, queries or judgments.
 *
 * @category Generation
 */
export type Recipe = ModelRecipe | RuleRecipe;
