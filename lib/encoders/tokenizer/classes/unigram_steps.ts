import { type Json, list, object } from "../json.ts";
import { modelOf, type Special, type Steps, type TokenizerFiles } from "./types.ts";

/** Steps of the SentencePiece classes. */
export function unigramSteps(files: TokenizerFiles, unknown: number): Steps {
  const { vocab } = modelOf(files);
  if (!Array.isArray(vocab)) {
    throw new Error("a SentencePiece tokenizer without scores is not supported");
  }
  return {
    normalizer: charsmapOf(files.json.normalizer),
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "WhitespaceSplit" },
        {
          type: "Metaspace",
          replacement: "▁",
          prepend_scheme: files.config.add_prefix_space === false ? "never" : "always",
          split: true,
        },
      ],
    },
    model: { type: "Unigram", unk_id: unknown, byte_fallback: false, vocab },
  };
}

/** Id of the unknown token. CamembertTokenizer looks it up. */
export function camembertUnknown(files: TokenizerFiles, special: Special): number {
  const { vocab } = modelOf(files);
  const at = Array.isArray(vocab) ? vocab.findIndex((entry) => entry?.[0] === special.unk_token.content) : -1;
  return Math.max(0, at);
}

/** The first SentencePiece map of a normalizer, the only part that the classes keep. */
function charsmapOf(value: unknown): Json | null {
  if (value === null || value === undefined) return null;
  const part = object(value, "normalizer");
  const steps = part.type === "Sequence" ? list(part, "normalizers") : [part];
  return steps.find(({ type }) => type === "Precompiled") ?? null;
}
