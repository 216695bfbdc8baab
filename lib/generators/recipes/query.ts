import * as z from "zod";
import { jsonSchema } from "./json_schema.ts";
import type { ModelRecipe } from "../recipe.ts";
import { oneLine, showing, textOf, WRITER } from "./parts.ts";

/** Queries that a document answers, in a drawn style: training data for a collection that has only documents. */
export const query: ModelRecipe = {
  kind: "model",
  name: "query",
  about: "queries that a document answers",
  writes: "queries",
  count: 2,
  pools: {
    style: [
      "keywords: three to seven words as typed into a search box",
      "a question: one full sentence",
      "a situation: what a person sees, has or does, without the document's technical terms",
    ],
  },
  messages: [
    WRITER,
    {
      role: "user",
      content: `Here is a document of a collection.

document: {document}

[Task] Write {count} queries that this document answers fully, and that a document on the same subject would not answer by chance. The queries ask for different things. Their style is {style}.

[Queries] A query is what a person would ask who does not know the document. It never mentions the document, and copies no more than four words in a row from it.

[Format] {"queries": ["..."]}`,
    },
  ],
  ...showing((show) => ({ document: ({ positive }) => oneLine([["text", show(positive)]]) })),
  reply: jsonSchema(z.object({ queries: z.array(z.string()) })),
  list: ["queries", "questions"],
  item: (entry) => {
    const text = textOf(entry, ["text", "query", "question", "value"]);
    return text === undefined ? undefined : { title: "", text };
  },
};
