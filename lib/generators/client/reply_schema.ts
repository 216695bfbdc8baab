import { z } from "zod";
import type { ModelRecipe } from "../recipe.ts";
import type { Call } from "./chat_completions.ts";

/** The JSON schema of a recipe's reply, without `$schema`, which some servers refuse. */
export function replySchema(recipe: ModelRecipe): Call["schema"] {
  const { $schema: _, ...schema } = z.toJSONSchema(recipe.reply) as Record<string, unknown>;
  return { name: recipe.name.replace(/\W/g, "_"), schema };
}
