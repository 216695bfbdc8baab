import type { TextKind } from "../encoders/mod.ts";

/** The positional argument of every command that reads a collection. */
export const COLLECTION = {
  name: "collection",
  about: "facets, a folder in BEIR's layout, or another name that `deno task data` reads",
} as const;

/** Options of every command that loads an encoder: texts put before its queries and documents. */
export const PROMPT_OPTIONS = {
  "query-prompt": {
    type: "text",
    about: 'text before every query; "" for none [default: from the model]',
    placeholder: "text",
  },
  "document-prompt": {
    type: "text",
    about: 'text before every document; "" for none [default: from the model]',
    placeholder: "text",
  },
} as const;

/** The given prompts, as `loadEncoder` takes them. */
export function promptsOf(
  options: { readonly [name in keyof typeof PROMPT_OPTIONS]: string | undefined },
): { prompts?: Partial<Record<TextKind, string>> } {
  const { "query-prompt": query, "document-prompt": document } = options;
  if (query === undefined && document === undefined) return {};
  return { prompts: { ...(query === undefined ? {} : { query }), ...(document === undefined ? {} : { document }) } };
}
