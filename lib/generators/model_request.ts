import { hasher } from "../core/hash.ts";
import type { DrawnAttributes, Message, ModelRecipe, PromptInput } from "./recipe.ts";
import { recipeId, render } from "./recipes/mod.ts";

/**
 * Decoding parameters under the chat completions API's names, sent as they are. They are part of a request's key.
 *
 * @category Generation
 */
export interface Sampling {
  /** Temperature; 0 always takes the likeliest token. */
  temperature?: number;
  /** Nucleus sampling: the probability mass of the likeliest tokens to draw from. */
  top_p?: number;
  /** Maximum tokens of a reply. */
  max_tokens?: number;
  /** Seed, for servers that take one; a repeated request adds 1. */
  seed?: number;
}

/**
 * One request to a model: what is sent, and its key in the ledger.
 *
 * @category Generation
 */
export interface ModelRequest {
  /** Key in the ledger: 64 hex digits. */
  readonly key: string;
  /** Name and version of the recipe: "syneg@1". */
  readonly recipe: string;
  /** The server's name of the model. */
  readonly model: string;
  /** The prompt. */
  readonly messages: readonly Message[];
  /** Decoding parameters. */
  readonly sampling: Sampling;
  /** Items per request. */
  readonly count: number;
  /** The drawn attributes. */
  readonly attributes: DrawnAttributes;
  /** The query and positive that fill the prompt. */
  readonly input: PromptInput;
}

/** Options of {@link modelRequest}. */
export interface RequestOptions {
  /** The server's name of the model. */
  model: string;
  /** The drawn attributes. */
  attributes: DrawnAttributes;
  /** Items per request. */
  count: number;
  /** Decoding parameters. */
  sampling?: Sampling;
}

/**
 * The request of a recipe for an input. Its key is a SHA-256 over all that decides the reply: recipe with version and
 * wording, model, texts, attributes, count and sampling. Ids, concurrency and the server's address are not part of it,
 * so the same question is never sent twice. The version is the first one with this prompt.
 */
export function modelRequest(recipe: ModelRecipe, input: PromptInput, options: RequestOptions): ModelRequest {
  const { model, attributes, count, sampling = {} } = options;
  const fill = ({ slots }: Pick<ModelRecipe, "slots">) => ({
    ...attributes,
    ...Object.fromEntries(Object.entries(slots).map(([slot, fill]) => [slot, fill(input, count)])),
    count: String(count),
  });
  const values = fill(recipe);
  const same = recipe.earlier && canonical(fill(recipe.earlier)) === canonical(values);
  const id = recipeId({ name: recipe.name, version: same ? recipe.earlier!.version : recipe.version });
  const hash = hasher().update(id).update(model);
  for (const { role, content } of recipe.messages) hash.update(role).update(content);
  hash.update(canonical(values)).update(canonical(sampling));
  const messages = render(recipe.messages, values);
  return { key: hash.digest(), recipe: id, model, messages, sampling, count, attributes, input };
}

/** The columns of the ledger that describe a request. */
export function ledgerColumns({ key, recipe, model, input, attributes, count }: ModelRequest): {
  key: string;
  recipe: string;
  model: string;
  query_id: string;
  positive_id: string;
  attributes: string;
  count: number;
} {
  const { queryId: query_id, positiveId: positive_id } = input;
  return { key, recipe, model, query_id, positive_id, attributes: JSON.stringify(attributes), count };
}

/** JSON with sorted keys and without undefined values. */
function canonical(value: object): string {
  const entries = Object.entries(value).filter(([, v]) => v !== undefined).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify(Object.fromEntries(entries));
}
