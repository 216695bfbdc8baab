import { modelOf, type Steps, type TokenizerFiles } from "./types.ts";

/** Steps of RobertaTokenizer. */
export function robertaSteps(files: TokenizerFiles): Steps {
  const { vocab, merges } = modelOf(files);
  if (!Array.isArray(merges)) throw new Error("RobertaTokenizer without merges is not supported");
  return {
    normalizer: null,
    pre_tokenizer: {
      type: "ByteLevel",
      add_prefix_space: files.config.add_prefix_space === true,
      trim_offsets: true,
      use_regex: true,
    },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges,
    },
  };
}
