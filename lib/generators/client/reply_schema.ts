import { z } from "zod";
import type { ModelRecipe } from "../recipe.ts";
import type { Call } from "./chat_completions.ts";

/** The JSON-schema of a recipe's reply, as servers want it: they know its draft, and some refuse the name of it. */
export function replySchema(recipe: ModelRecipe): Call["schema"] {
  const { $schema: _, ...schema } = z.toJSONSchema(recipe.reply) as Record<string, unknown>;
  return { name: recipe.name.replace(/\W/g, "_"), schema };
}
