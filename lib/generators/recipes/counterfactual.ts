import * as z from "zod";
import { jsonSchema } from "./json_schema.ts";
import type { ModelRecipe } from "../recipe.ts";
import { oneLine, passageItem, showing, textOf, WRITER } from "./parts.ts";

/**
 * Lists the query's falsifiable requirements and writes passages that violate exactly one, by rewriting a mined
 * candidate if there is one (CausalNeg, arXiv 2606.01304). The kind of violation is drawn; the attributes hold the
 * violated requirement.
 */
export const counterfactual: ModelRecipe = {
  kind: "model",
  name: "counterfactual",
  about: "exactly one requirement violated (CausalNeg, arXiv 2606.01304)",
  writes: "negatives",
  readsMined: true,
  count: 1,
  pools: {
    violation: [
      "entity: it is about another person, thing, place or time of the same kind",
      "intent: it serves another purpose than the asker's",
      "constraint: it breaks a condition or limit that the query sets",
      "attribute: it tells another property of the same thing",
      "relation: it tells another relation between the same things",
      "cause and effect: it tells what comes before or after what is asked",
    ],
  },
  messages: [
    WRITER,
    {
      role: "user",
      content:
        `Here are a user query, the document that answers it, and, where there is one, a candidate: a document that a search engine ranks high for the query.

example: {example}

[Requirements] List 4 to 8 requirements that a document must meet to answer the query. Each is one short sentence that can be checked against a document and found true or false.

[Task] Write {count} documents. Each violates exactly one of the requirements and meets all others. The kind of the violation is {violation}. If there is a candidate, rewrite it: keep its style and length, and change what must be changed. Otherwise write in the style and length of the document that answers.

[Documents] The violation is plain to a reader who checks the requirement. The document is sensible in its own right, has a title of its own, and never says that it does not answer.

[Format] {"requirements": ["..."], "documents": [{"violated": "...", "title": "...", "text": "..."}]}`,
    },
  ],
  ...showing((show) => ({
    example: ({ query, positive, candidates }) =>
      oneLine([
        ["user_query", query],
        ["positive_document", show(positive)],
        ...(candidates?.[0] ? [["candidate", show(candidates[0])] as const] : []),
      ]),
  })),
  reply: jsonSchema(z.object({
    requirements: z.array(z.string()),
    documents: z.array(z.object({ violated: z.string(), title: z.string(), text: z.string() })),
  })),
  list: ["documents", "hard_negatives", "negatives"],
  item: (entry) => {
    const item = passageItem(entry);
    if (!item) return undefined;
    const violated = textOf(entry, ["violated", "violated_requirement", "requirement"]);
    return violated
      ? { ...item, attributes: { violated } }
      : { ...item, verdict: "dropped", reason: "requirement: the reply does not say which one is violated" };
  },
  reflection: ({ requirements }) =>
    Array.isArray(requirements) ? requirements.filter((r) => typeof r === "string").join("\n") : undefined,
};
