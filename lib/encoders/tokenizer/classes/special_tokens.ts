import { type Json, object } from "../json.ts";
import type { Special, SpecialToken, TokenizerClass } from "./types.ts";

/** Roles of special tokens. */
const ROLES = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"] as const;

/** Special tokens by role, from tokenizer_config.json, else from the class. */
export function specialTokens(config: Json, defaults: TokenizerClass["special"]): Special {
  const special: Record<string, SpecialToken> = {};
  for (const role of ROLES) {
    const token = asToken(config[role] ?? defaults[role]);
    if (token) special[role] = token;
  }
  return special;
}

function asToken(value: unknown): SpecialToken | undefined {
  if (typeof value === "string") return { content: value, special: true };
  if (typeof value !== "object" || value === null || !("content" in value)) return undefined;
  return { ...value, content: String(value.content), special: true };
}

/** Special tokens as added tokens, after those that are already listed. */
export function namedTokens(special: Special): Json[] {
  return Object.values(special).map((token) => ({ ...token, weak: true }));
}

/** Added tokens of tokenizer_config.json; without them, those of tokenizer.json. */
export function decoderTokens(config: Json, listed: readonly Json[]): readonly Json[] {
  if (config.added_tokens_decoder === undefined) return listed;
  return Object.entries(object(config.added_tokens_decoder, "added_tokens_decoder"))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([id, token]) => object(token, `token ${id} of added_tokens_decoder`));
}

/** Further special tokens of tokenizer_config.json. */
export function extraTokens(config: Json): Json[] {
  const lists = [config.extra_special_tokens ?? config.additional_special_tokens].map((each) =>
    typeof each === "object" && each !== null ? Object.values(each) : []
  );
  const own = Object.entries(config).filter(([key, value]) =>
    key.endsWith("_token") && !(ROLES as readonly string[]).includes(key) && typeof value === "string"
  ).map(([, value]) => value);
  return [...lists.flat(), ...own].flatMap((value) => asToken(value) ?? []).map((token) => ({ ...token, weak: true }));
}

/** Of two tokens with the same text, the later one wins, unless it is only a name and the text is already known. */
export function distinctTokens(tokens: readonly Json[]): Json[] {
  const known = new Map<unknown, Json>();
  for (const { weak, ...token } of tokens) {
    if (weak !== true || !known.has(token.content)) known.set(token.content, token);
  }
  return [...known.values()];
}

/** Ids by token in a model's vocabulary. */
export function tokensOf(model: Json): Map<string, number> {
  const { vocab } = model;
  return Array.isArray(vocab)
    ? new Map(vocab.map(([token], id) => [token, id]))
    : new Map(Object.entries(vocab as Record<string, number>));
}
