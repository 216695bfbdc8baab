import { z } from "zod";
import type { Message, ModelRecipe } from "../types.ts";
import { example, passageItem, reflectionOf, showing } from "./parts.ts";
import letter from "./syneg-1.md" with { type: "text" };

/** The messages of the recipe's page: the sections "system" and "user". */
const MESSAGES: readonly Message[] = (["system", "user"] as const).map((role) => {
  const section = letter.split(/^## /m).find((part) => part.startsWith(`${role}\n`));
  if (section === undefined) throw new Error(`The recipe's page has no section "${role}"`);
  return { role, content: section.slice(role.length + 1).trim() };
});

const document = z.object({ title: z.string(), text: z.string() });

/**
 * SyNeg's multi-attribute self-reflection strategy (Li et al., arXiv 2412.17250), in the wording of `syneg-1.md`, to
 * the letter. Version 2 sets no second full stop behind a title that ends in a mark of its own.
 */
export const syneg: ModelRecipe = {
  kind: "model",
  name: "syneg",
  about: "multi-attribute self-reflection (Li et al., arXiv 2412.17250)",
  writes: "negatives",
  count: 2,
  pools: {
    expert: [],
    difficulty: ["a general reader with secondary education", "a university student of the field"],
    length: ["about the same as", "nearly the same as"],
  },
  messages: MESSAGES,
  ...showing((show) => ({ example: example(show) })),
  reply: z.object({ reflection: z.string(), hard_negatives: z.array(document) }),
  list: ["hard_negatives", "negatives", "hard_negative_documents", "documents", "passages"],
  item: passageItem,
  reflection: reflectionOf,
};

/** The recipe with its user message cut by `cuts`; every cut must apply. */
function ablation(name: string, about: string, parts: { attributes: boolean; reflection: boolean }): ModelRecipe {
  const cuts: [RegExp | string, string][] = [];
  if (!parts.attributes) {
    cuts.push(["You are an expert in {expert}. Here is", "Here is"]);
    cuts.push([/\[Attributes\].*/, "[Title] Every hard negative has a title of its own."]);
  }
  if (!parts.reflection) {
    cuts.push([/\[Reflection\].*\n\n/, ""]);
    cuts.push(['{"reflection": "...", "hard_negatives"', '{"hard_negatives"']);
  }
  const messages = MESSAGES.map((message) => {
    if (message.role === "system") return message;
    const content = cuts.reduce((text, [from, to]) => {
      const cut = text.replace(from, () => to);
      if (cut === text) throw new Error(`Cannot cut the recipe for ${name}: ${from} is not in it`);
      return cut;
    }, message.content);
    return { ...message, content };
  });
  return {
    ...syneg,
    name,
    about,
    messages,
    pools: parts.attributes ? syneg.pools : {},
    reply: parts.reflection ? syneg.reply : z.object({ hard_negatives: z.array(document) }),
  };
}

/** Ablation of {@link syneg}: nothing is drawn. */
export const synegNoAttributes: ModelRecipe = ablation("syneg-no-attributes", "syneg without attributes", {
  attributes: false,
  reflection: true,
});

/** Ablation of {@link syneg}: no reflection within the call. */
export const synegNoReflection: ModelRecipe = ablation("syneg-no-reflection", "syneg without reflection", {
  attributes: true,
  reflection: false,
});

/** Ablation of {@link syneg}: task, definition and format only. */
export const synegPlain: ModelRecipe = ablation("syneg-plain", "syneg without attributes and reflection", {
  attributes: false,
  reflection: false,
});
