import { modelOf, type Steps, type TokenizerFiles } from "./types.ts";

/** Splits words as Qwen2 does. */
const QWEN_WORDS = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|` +
  String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;

/** Steps of Qwen2Tokenizer. */
export function qwenSteps(files: TokenizerFiles): Steps {
  const add_prefix_space = files.config.add_prefix_space === true;
  return {
    normalizer: { type: "NFC" },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: QWEN_WORDS }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space, trim_offsets: true, use_regex: false },
      ],
    },
    model: pairs(files, { unk_token: null, fuse_unk: false, byte_fallback: false }),
  };
}

/** Steps of GemmaTokenizer. */
export function gemmaSteps(files: TokenizerFiles, unknown: string): Steps {
  return {
    normalizer: { type: "Replace", pattern: { String: " " }, content: "▁" },
    pre_tokenizer: { type: "Split", pattern: { String: " " }, behavior: "MergedWithPrevious", invert: false },
    model: pairs(files, { unk_token: unknown, fuse_unk: true, byte_fallback: true }),
  };
}

function pairs(
  files: TokenizerFiles,
  settings: { unk_token: string | null; fuse_unk: boolean; byte_fallback: boolean },
): Steps["model"] {
  const { vocab, merges } = modelOf(files);
  if (!Array.isArray(merges)) throw new Error("a tokenizer of this class without merges is not supported");
  const none = { dropout: null, continuing_subword_prefix: "", end_of_word_suffix: "", ignore_merges: false };
  return { type: "BPE", ...none, ...settings, vocab, merges };
}
