import type { ModelRecipe } from "../recipe.ts";
import type { Call } from "./chat_completions.ts";

/** A recipe's reply as servers name and describe it. */
export function replySchema(recipe: ModelRecipe): Call["schema"] {
  return { name: recipe.name.replace(/\W/g, "_"), schema: recipe.reply };
}
