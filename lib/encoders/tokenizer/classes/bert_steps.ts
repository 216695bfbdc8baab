import { modelOf, type Special, type Steps, type TokenizerFiles } from "./types.ts";

/** Steps of BertTokenizer, from tokenizer_config.json. */
export function bertSteps(files: TokenizerFiles, special: Special): Steps {
  const { config } = files;
  const { vocab } = modelOf(files);
  const flag = (field: string, fallback: boolean | null) =>
    typeof config[field] === "boolean" ? config[field] : fallback;
  return {
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: flag("tokenize_chinese_chars", true),
      strip_accents: flag("strip_accents", null),
      lowercase: flag("do_lower_case", true),
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    model: {
      type: "WordPiece",
      unk_token: special.unk_token.content,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Array.isArray(vocab)
        ? Object.fromEntries(vocab.map((token, id) => [Array.isArray(token) ? token[0] : token, id]))
        : vocab,
    },
  };
}
