import { hasher } from "../core/hash.ts";
import { recipeId } from "./recipes/registry.ts";
import { render } from "./recipes/template.ts";
import type { DrawnAttributes, ModelRecipe, ModelRequest, PromptInput, Sampling } from "./types.ts";

/** What makes a request besides its recipe and subject. */
export interface RequestOptions {
  model: string;
  attributes: DrawnAttributes;
  count: number;
  sampling?: Sampling;
}

/**
 * The request of a recipe for a subject. Its key is a sha256 over all that decides the reply: recipe with version and
 * wording, model, texts, attributes, count and sampling. Ids, concurrency and address of the server do not enter, so
 * the same question is never asked twice. The version is the first that asks in these words.
 */
export function modelRequest(recipe: ModelRecipe, subject: PromptInput, options: RequestOptions): ModelRequest {
  const { model, attributes, count, sampling = {} } = options;
  const fill = ({ slots }: Pick<ModelRecipe, "slots">) => ({
    ...attributes,
    ...Object.fromEntries(Object.entries(slots).map(([slot, fill]) => [slot, fill(subject, count)])),
    count: String(count),
  });
  const values = fill(recipe);
  const same = recipe.earlier && canonical(fill(recipe.earlier)) === canonical(values);
  const id = recipeId({ name: recipe.name, version: same ? recipe.earlier!.version : recipe.version });
  const hash = hasher().update(id).update(model);
  for (const { role, content } of recipe.messages) hash.update(role).update(content);
  hash.update(canonical(values)).update(canonical(sampling));
  return {
    key: hash.digest(),
    recipe: id,
    model,
    messages: render(recipe.messages, values),
    sampling,
    count,
    attributes,
    input: subject,
  };
}

/** What the ledger keeps of a request. */
export function ledgerColumns({ key, recipe, model, input: subject, attributes, count }: ModelRequest) {
  const { queryId: query_id, positiveId: positive_id } = subject;
  return { key, recipe, model, query_id, positive_id, attributes: JSON.stringify(attributes), count };
}

/** JSON with sorted names and without undefined values. */
export function canonical(value: object): string {
  const entries = Object.entries(value).filter(([, v]) => v !== undefined).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify(Object.fromEntries(entries));
}
