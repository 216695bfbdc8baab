/** What the special tokens of tokenizers are for, by the names that BERT and RoBERTa gave them. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  pad_token: ["[PAD]", "<pad>"],
  unk_token: ["[UNK]", "<unk>"],
  cls_token: ["[CLS]", "<s>"],
  sep_token: ["[SEP]", "</s>"],
  mask_token: ["[MASK]", "<mask>"],
};

/**
 * tokenizer_config.json that is complete in itself. Old folders name neither the class nor the special tokens, which
 * then come from files that are not kept: the class becomes the one that reads tokenizer.json as it is, and it is told
 * what tokenizer.json's special tokens are for.
 */
export function tokenizerConfig(json: string, configJson: string): Record<string, unknown> {
  const config = JSON.parse(configJson) as Record<string, unknown>;
  if (config.tokenizer_class) return config;
  const { added_tokens = [] } = JSON.parse(json) as { added_tokens?: { content: string; special?: boolean }[] };
  const special = new Set(added_tokens.filter((token) => token.special).map((token) => token.content));
  const filled: Record<string, unknown> = { ...config, tokenizer_class: "PreTrainedTokenizerFast" };
  for (const [role, names] of Object.entries(ROLES)) filled[role] ??= names.find((name) => special.has(name));
  return filled;
}

/** tokenizer.json that cuts texts to a length, or not at all: a static encoder has no other place to say so. */
export function cutAt(json: string, maxLength: number): string {
  const parsed = JSON.parse(json);
  if ((parsed.truncation?.max_length ?? Infinity) === maxLength) return json;
  const truncation = maxLength === Infinity
    ? null
    : { direction: "Right", max_length: maxLength, strategy: "LongestFirst", stride: 0 };
  return JSON.stringify({ ...parsed, truncation });
}
