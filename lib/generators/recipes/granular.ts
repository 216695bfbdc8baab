import * as z from "zod";
import { jsonSchema } from "./json_schema.ts";
import type { ModelRecipe } from "../recipe.ts";
import { example, numberOf, passageItem, showing, WRITER } from "./parts.ts";

/**
 * Negatives from easy (level 1) to hard in one request, for curricula (MGH, arXiv 2509.00842). The attributes hold the
 * level.
 */
export const granular: ModelRecipe = {
  kind: "model",
  name: "granular",
  about: "negatives from easy (level 1) to hard (MGH, arXiv 2509.00842)",
  writes: "negatives",
  count: 4,
  pools: {},
  messages: [
    WRITER,
    {
      role: "user",
      content: `Here is an example of a user query and the document that answers it.

example: {example}

[Task] Write {count} documents that do not answer the query of the example, from easy to hard. Level 1 is the easiest to tell from an answer, level {count} the hardest.

[Levels] At level 1 the document shares the broad field with the query and little else. At every higher level it comes nearer: the same subject, then the same terms and entities, then the very aspect that is asked for, told of a neighbouring case. The hardest looks like an answer to anyone who does not read closely.

[Documents] At no level can the query be answered from the document, neither whole nor in part. Every document is true and sensible in its own right, is about as long as the example's document, has a title of its own, and never says that it does not answer.

[Format] {"documents": [{"level": 1, "title": "...", "text": "..."}, {"level": 2, "title": "...", "text": "..."}]}`,
    },
  ],
  ...showing((show) => ({ example: example(show) })),
  reply: jsonSchema(
    z.object({ documents: z.array(z.object({ level: z.number().int(), title: z.string(), text: z.string() })) }),
  ),
  list: ["documents", "negatives", "hard_negatives", "passages"],
  item: (entry, index) => {
    const item = passageItem(entry);
    if (!item) return undefined;
    const level = numberOf(entry, ["level"]) ?? index + 1;
    return { ...item, attributes: { level: Number.isInteger(level) && level >= 1 ? level : index + 1 } };
  },
};
