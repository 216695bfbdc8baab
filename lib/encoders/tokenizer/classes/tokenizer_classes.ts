import { bertSteps } from "./bert_steps.ts";
import { gemmaSteps, qwenSteps } from "./decoder_steps.ts";
import { robertaSteps } from "./roberta_steps.ts";
import type { TokenizerClass, TokenizerFiles } from "./types.ts";
import { camembertUnknown, unigramSteps } from "./unigram_steps.ts";

const BERT: TokenizerClass = {
  special: { unk_token: "[UNK]", sep_token: "[SEP]", pad_token: "[PAD]", cls_token: "[CLS]", mask_token: "[MASK]" },
  steps: bertSteps,
  around: ["cls_token", "sep_token"],
};

const ROBERTA: TokenizerClass = {
  special: {
    bos_token: "<s>",
    eos_token: "</s>",
    unk_token: "<unk>",
    sep_token: "</s>",
    pad_token: "<pad>",
    cls_token: "<s>",
    mask_token: "<mask>",
  },
  steps: robertaSteps,
  around: ["cls_token", "sep_token"],
  pair: "doubled",
};

const LEFT_MASK = { mask_token: { content: "<mask>", lstrip: true } };

/** Classes that build their own steps, by name without `Fast`. */
export const CLASSES: Readonly<Record<string, TokenizerClass>> = {
  BertTokenizer: BERT,
  DistilBertTokenizer: BERT,
  ElectraTokenizer: BERT,
  MPNetTokenizer: { ...ROBERTA, special: { ...ROBERTA.special, unk_token: "[UNK]", ...LEFT_MASK }, steps: bertSteps },
  RobertaTokenizer: ROBERTA,
  XLMRobertaTokenizer: { ...ROBERTA, steps: (files) => unigramSteps(files, 3), around: ["bos_token", "eos_token"] },
  CamembertTokenizer: {
    special: { ...ROBERTA.special, ...LEFT_MASK },
    steps: (files, special) => unigramSteps(files, camembertUnknown(files, special)),
    around: ["bos_token", "eos_token"],
    pair: "doubled",
  },
  Qwen2Tokenizer: {
    special: { unk_token: "<|endoftext|>", eos_token: "<|endoftext|>", pad_token: "<|endoftext|>" },
    steps: qwenSteps,
  },
  GemmaTokenizer: {
    special: {
      unk_token: "<unk>",
      bos_token: "<bos>",
      eos_token: "<eos>",
      pad_token: "<pad>",
      mask_token: "<mask>",
    },
    steps: (files, special) => gemmaSteps(files, special.unk_token.content),
  },
};

/** Unsupported classes that build their own steps. */
export const OTHERS: ReadonlySet<string> = new Set(
  ("Albert Bart Barthez BertGeneration BertJapanese Bertweet BigBird Blenderbot Bloom CLIP CodeGen Cohere CTRL Deberta " +
    "DebertaV2 Esm Flaubert FNet Funnel GPT2 GPTNeoX Herbert LED LayoutXLM Llama Luke LXMert Longformer M2M100 " +
    "MBart MBart50 MLuke MobileBert Nllb OpenAIGPT Pegasus PhoBERT Phobert RemBert RoFormer Seamless Splinter " +
    "SqueezeBert T5 Udop Whisper XGLM XLM XLNet").split(" ").map((name) => `${name}Tokenizer`),
);

/** Classes by `model_type`, if no file names one. */
const REGISTERED: Readonly<Record<string, string>> = {
  bert: "BertTokenizer",
  distilbert: "BertTokenizer",
  mpnet: "MPNetTokenizer",
  roberta: "RobertaTokenizer",
  "xlm-roberta": "XLMRobertaTokenizer",
  camembert: "CamembertTokenizer",
  electra: "BertTokenizer",
  nomic_bert: "BertTokenizer",
  qwen3: "Qwen2Tokenizer",
  gemma3_text: "GemmaTokenizer",
};

/** Classes whose tokens have types, by name without `Fast`. */
const TYPED: ReadonlySet<string> = new Set(["BertTokenizer", "ElectraTokenizer"]);

/** Name of the class that transformers makes the tokenizer of. */
export function classOf({ config, model }: Pick<TokenizerFiles, "config" | "model">): string {
  const named = config.tokenizer_class ?? model.tokenizer_class;
  return typeof named === "string" ? named.replace(/Fast$/, "") : REGISTERED[String(model.model_type)] ?? "";
}

/** Whether transformers gives the network the types of tokens, which tell the texts of a pair apart. */
export function givesTypes(files: Pick<TokenizerFiles, "config" | "model">): boolean {
  const inputs = files.config.model_input_names;
  return Array.isArray(inputs) ? inputs.includes("token_type_ids") : TYPED.has(classOf(files));
}
