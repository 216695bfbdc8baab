import * as z from "zod";
import { jsonSchema } from "./json_schema.ts";
import type { ModelRecipe } from "../recipe.ts";
import { example, numberOf, passageItem, showing, WRITER } from "./parts.ts";

/** Levels in the order of a reply. */
const LEVELS = [3, 2, 1, 0] as const;

/**
 * Passages at relevance levels 3, 2, 1 and 0, for listwise losses (SyCL, arXiv 2503.23239). Levels 3 and 2 answer the
 * query, so they are relabeled. The attributes hold the level.
 */
export const graded: ModelRecipe = {
  kind: "model",
  name: "graded",
  about: "passages at levels 3, 2, 1, 0 (SyCL, arXiv 2503.23239)",
  writes: "negatives",
  count: LEVELS.length,
  pools: { difficulty: ["a general reader with secondary education", "a university student of the field"] },
  messages: [
    WRITER,
    {
      role: "user",
      content: `Here is an example of a user query and the document that answers it.

example: {example}

[Task] Write one document for each of {count} levels of relevance to the query of the example, in this order.
3: it answers the query fully and exactly, in other words than the example's document.
2: it answers the query, but in part, or with the answer hidden among other matters.
1: it treats the same subject with the same terms, and does not answer the query, neither whole nor in part.
0: it treats another subject that shares some words with the query, and does not answer it.

[Documents] Every document is true and sensible in its own right, is written for {difficulty}, is about as long as the example's document, and has a title of its own. None says how relevant it is.

[Format] {"documents": [{"level": 3, "title": "...", "text": "..."}, {"level": 2, "title": "...", "text": "..."}, {"level": 1, "title": "...", "text": "..."}, {"level": 0, "title": "...", "text": "..."}]}`,
    },
  ],
  ...showing((show) => ({ example: example(show) })),
  reply: jsonSchema(
    z.object({ documents: z.array(z.object({ level: z.number().int(), title: z.string(), text: z.string() })) }),
  ),
  list: ["documents", "passages", "levels"],
  item: (entry, index) => {
    const item = passageItem(entry);
    if (!item) return undefined;
    const stated = numberOf(entry, ["level", "grade"]) ?? (entry.level === undefined ? LEVELS[index] : NaN);
    if (!(LEVELS as readonly number[]).includes(stated)) {
      return {
        ...item,
        verdict: "dropped",
        reason: `level: must be 3, 2, 1 or 0, found ${JSON.stringify(entry.level)}`,
      };
    }
    const answers = stated >= 2;
    return {
      ...item,
      attributes: { level: stated },
      verdict: answers ? "relabeled" : "kept",
      reason: answers ? `level ${stated}: written to answer the query` : undefined,
    };
  },
};
