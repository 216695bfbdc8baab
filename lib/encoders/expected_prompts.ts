import { join } from "node:path";
import type { TextKind } from "./types.ts";

/** A family of encoders trained with prompts. */
interface Family {
  readonly match: RegExp;
  readonly query: string;
  readonly document: string;
}

const BGE = "Represent this sentence for searching relevant passages: ";
const INSTRUCT = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ";

/** Families by the names in folders, config.json and model cards; the first match wins. Prompts are from their cards. */
const FAMILIES: readonly Family[] = [
  { match: /e5-[\w-]*(instruct|mistral)|(qwen|gte-qwen)[\w.-]*(embedding|instruct)/i, query: INSTRUCT, document: "" },
  { match: /\be5-|[-_/]e5-/i, query: "query: ", document: "passage: " },
  { match: /\bbge-[\w-]*-en|bge-(small|base|large)-en/i, query: BGE, document: "" },
  { match: /\bbge-[\w-]*-zh/i, query: "为这个句子生成表示以用于检索相关文章：", document: "" },
  { match: /mxbai-embed|arctic-embed/i, query: BGE, document: "" },
  { match: /nomic-embed|nomic-bert|modernbert-embed/i, query: "search_query: ", document: "search_document: " },
  { match: /\binstructor-/i, query: "Represent the question for retrieving supporting documents: ", document: "" },
];

/**
 * A warning if an encoder seems to need prompts and has none; undefined otherwise.
 *
 * @param names Names that may reveal the family: source, folder, config.json's `_name_or_path`, first lines of the card.
 */
export function missingPrompts(
  names: readonly string[],
  prompts: Readonly<Record<TextKind, string>>,
): string | undefined {
  if (prompts.query || prompts.document) return undefined;
  for (const name of names) {
    const family = FAMILIES.find(({ match }) => match.test(name));
    if (!family) continue;
    const wanted = (["query", "document"] as const).filter((kind) => family[kind] !== "");
    return `${name} looks like an encoder trained with ${
      wanted.map((kind) => `${JSON.stringify(family[kind])} before every ${kind}`).join(" and ")
    }, and its folder sets no prompts: pass them (prompts: { query, document }; --query-prompt, --document-prompt)`;
  }
  return undefined;
}

/** Names of the model in the first lines of a folder's card. */
export async function cardNames(folder: string): Promise<string[]> {
  const card = await Deno.readTextFile(join(folder, "README.md")).catch(() => "");
  const base = /^base_model:\s*(?:\n-\s*)?([^\n]+)$/m.exec(card)?.[1]?.trim();
  const title = /^# (.+)$/m.exec(card)?.[1]?.trim();
  return [title, base].filter((name): name is string => name !== undefined);
}

/**
 * A warning about a document prompt that sentence-transformers 6 ignores: its `encode_document` uses only a prompt named
 * `document`, so vectors with one named `passage` or `corpus` would differ from its own.
 */
export function unusedPrompt(prompts: Readonly<Record<string, string>>): string | undefined {
  if (prompts.document) return undefined;
  const name = ["passage", "corpus"].find((each) => prompts[each]);
  if (name === undefined) return undefined;
  const text = JSON.stringify(prompts[name]);
  return `the prompt "${name}" (${text}) is not used for documents, as in sentence-transformers; to use it, set ` +
    `prompts: { document: ${text} } (--document-prompt in a terminal)`;
}
