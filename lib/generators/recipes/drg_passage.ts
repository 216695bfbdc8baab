import type { ModelRecipe } from "../recipe.ts";
import { drgQuery } from "./drg_query.ts";
import { example, shown, WRITER } from "./parts.ts";

/**
 * Negatives from the query and the passage that answers it ("Don't Retrieve, Generate", arXiv 2504.21015, in our own
 * words). Like {@link drgQuery} in all but the prompt.
 */
export const drgPassage: ModelRecipe = {
  ...drgQuery,
  name: "drg-passage",
  about: "negatives from query and passage (Don't Retrieve, Generate, arXiv 2504.21015)",
  messages: [
    WRITER,
    {
      role: "user",
      content: `Here are a user query and the document that answers it.

example: {example}

[Task] Write {count} hard negatives for the query: passages that a search engine ranks high for it, and from which it cannot be answered, neither whole nor in part.

[Passages] Each resembles the document in subject, terms, style and length without its answer, is true and sensible in its own right, has a title of its own, and never says that it does not answer.

[Format] {"hard_negatives": [{"title": "...", "text": "..."}]}`,
    },
  ],
  slots: { example: example(shown) },
};
