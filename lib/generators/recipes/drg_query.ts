import * as z from "zod";
import { jsonSchema } from "./json_schema.ts";
import type { ModelRecipe } from "../recipe.ts";
import { passageItem, WRITER } from "./parts.ts";
import { quoted } from "./template.ts";

/**
 * Negatives from the query alone: the model never sees an answer ("Don't Retrieve, Generate", arXiv 2504.21015, in our
 * own words).
 */
export const drgQuery: ModelRecipe = {
  kind: "model",
  name: "drg-query",
  version: 1,
  about: "negatives from the query alone (Don't Retrieve, Generate, arXiv 2504.21015)",
  writes: "negatives",
  count: 2,
  pools: {},
  messages: [
    WRITER,
    {
      role: "user",
      content: `Here is a user query.

query: {query}

[Task] Write {count} hard negatives for it: passages that a search engine ranks high for the query, and from which it cannot be answered, neither whole nor in part.

[Passages] Each shares the subject and the terms of the query, is true and sensible in its own right, is one paragraph long, has a title of its own, and never says that it does not answer.

[Format] {"hard_negatives": [{"title": "...", "text": "..."}]}`,
    },
  ],
  slots: { query: ({ query }) => quoted(query) },
  reply: jsonSchema(z.object({ hard_negatives: z.array(z.object({ title: z.string(), text: z.string() })) })),
  list: ["hard_negatives", "negatives", "passages", "documents"],
  item: passageItem,
};
