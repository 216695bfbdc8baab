import * as z from "zod";
import { jsonSchema } from "./json_schema.ts";
import type { Message, ModelRecipe } from "../recipe.ts";
import { example, passageItem, reflectionOf, showing } from "./parts.ts";
import letter from "./syneg-1.md" with { type: "text" };

/** The sections "system" and "user" of `syneg-1.md`. */
const MESSAGES: readonly Message[] = (["system", "user"] as const).map((role) => {
  const section = letter.split(/^## /m).find((part) => part.startsWith(`${role}\n`));
  if (section === undefined) throw new Error(`syneg-1.md has no section "${role}"`);
  return { role, content: section.slice(role.length + 1).trim() };
});

const document = z.object({ title: z.string(), text: z.string() });

/**
 * SyNeg's multi-attribute self-reflection strategy (Li et al., arXiv 2412.17250), in the exact words of `syneg-1.md`.
 * Version 2 sets no period after a title that ends in a punctuation mark.
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
  reply: jsonSchema(z.object({ reflection: z.string(), hard_negatives: z.array(document) })),
  list: ["hard_negatives", "negatives", "hard_negative_documents", "documents", "passages"],
  item: passageItem,
  reflection: reflectionOf,
};

/** Parts that an ablation keeps. */
interface Kept {
  readonly attributes: boolean;
  readonly reflection: boolean;
}

/** The recipe without its attributes, its reflection, or both; throws if a cut does not apply. */
function ablation(name: string, about: string, { attributes, reflection }: Kept): ModelRecipe {
  const cuts: [RegExp | string, string][] = [];
  if (!attributes) {
    cuts.push(["You are an expert in {expert}. Here is", "Here is"]);
    cuts.push([/\[Attributes\].*/, "[Title] Every hard negative has a title of its own."]);
  }
  if (!reflection) {
    cuts.push([/\[Reflection\].*\n\n/, ""]);
    cuts.push(['{"reflection": "...", "hard_negatives"', '{"hard_negatives"']);
  }
  const messages = MESSAGES.map((message) => {
    if (message.role === "system") return message;
    const content = cuts.reduce((text, [from, to]) => {
      const cut = text.replace(from, () => to);
      if (cut === text) throw new Error(`Cannot cut ${name} from syneg: ${from} does not occur`);
      return cut;
    }, message.content);
    return { ...message, content };
  });
  return {
    ...syneg,
    name,
    about,
    messages,
    pools: attributes ? syneg.pools : {},
    reply: reflection ? syneg.reply : jsonSchema(z.object({ hard_negatives: z.array(document) })),
  };
}

/** Ablation of {@link syneg}: draws no attributes. */
export const synegNoAttributes: ModelRecipe = ablation("syneg-no-attributes", "syneg without attributes", {
  attributes: false,
  reflection: true,
});

/** Ablation of {@link syneg}: asks for no reflection. */
export const synegNoReflection: ModelRecipe = ablation("syneg-no-reflection", "syneg without reflection", {
  attributes: true,
  reflection: false,
});

/** Ablation of {@link syneg}: only task, definition and format. */
export const synegPlain: ModelRecipe = ablation("syneg-plain", "syneg without attributes and reflection", {
  attributes: false,
  reflection: false,
});
