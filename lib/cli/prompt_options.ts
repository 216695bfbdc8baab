import type { TextKind } from "../encoders/types.ts";

/** Options of every command that names an encoder: words before its texts. */
export const PROMPT_OPTIONS = {
  "query-prompt": {
    type: "text",
    about: 'put before every query for the encoder; "" for nothing [default: as its folder says]',
  },
  "document-prompt": {
    type: "text",
    about: 'put before every document for the encoder; "" for nothing [default: as its folder says]',
  },
} as const;

/** The prompts that were given, as `loadEncoder` takes them. */
export function promptsOf(
  options: { readonly [name in keyof typeof PROMPT_OPTIONS]: string | undefined },
): { prompts?: Partial<Record<TextKind, string>> } {
  const { "query-prompt": query, "document-prompt": document } = options;
  if (query === undefined && document === undefined) return {};
  return { prompts: { ...(query === undefined ? {} : { query }), ...(document === undefined ? {} : { document }) } };
}
