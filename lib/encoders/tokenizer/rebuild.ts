import { type AddedToken, addedTokens } from "./added_tokens.ts";
import { type Json, list, object } from "./json.ts";

/** The files of a model that decide its tokenizer. */
export interface TokenizerFiles {
  /** tokenizer.json. */
  readonly json: Json;
  /** tokenizer_config.json. */
  readonly config: Json;
  /** config.json of the model; its kind decides where no class is named. */
  readonly model: Json;
}

type Special = Readonly<Record<string, Partial<AddedToken> & { content: string }>>;

/** Steps of a tokenizer.json that a class puts in place of the file's. */
interface Steps {
  readonly normalizer: Json | null;
  readonly pre_tokenizer: Json;
  readonly model: Json;
}

/** A class of transformers that reads only the vocabulary from tokenizer.json. */
interface TokenizerClass {
  readonly special: Readonly<Record<string, string | { content: string; lstrip: boolean }>>;
  steps(files: TokenizerFiles, special: Special): Steps;
  /** Roles of the tokens before and behind every text. */
  readonly around: readonly [string, string];
}

const ROLES = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"] as const;

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
};

const LEFT_MASK = { mask_token: { content: "<mask>", lstrip: true } };

/** Classes that build their own steps, by their names without `Fast`. */
const CLASSES: Readonly<Record<string, TokenizerClass>> = {
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
  },
};

/** Classes with steps of their own that are not computed here. */
const OTHERS = new Set(
  ("Albert Bart Barthez BertGeneration BertJapanese Bertweet BigBird Blenderbot Bloom CLIP CodeGen Cohere CTRL Deberta " +
    "DebertaV2 Esm Flaubert FNet Funnel GPT2 GPTNeoX Gemma Herbert LED LayoutXLM Llama Luke LXMert Longformer M2M100 " +
    "MBart MBart50 MLuke MobileBert Nllb OpenAIGPT Pegasus PhoBERT Phobert Qwen2 RemBert RoFormer Seamless Splinter " +
    "SqueezeBert T5 Udop Whisper XGLM XLM XLNet").split(" ").map((name) => `${name}Tokenizer`),
);

/** The class that a kind of model has where no file names one. */
const REGISTERED: Readonly<Record<string, string>> = {
  bert: "BertTokenizer",
  distilbert: "BertTokenizer",
  mpnet: "MPNetTokenizer",
  roberta: "RobertaTokenizer",
  "xlm-roberta": "XLMRobertaTokenizer",
  camembert: "CamembertTokenizer",
};

/**
 * tokenizer.json as transformers 5 runs it. Some classes, such as BertTokenizer, take only its vocabulary and build the
 * steps from tokenizer_config.json (`do_lower_case`, `strip_accents`, …); every class adds the tokens that the
 * configuration names.
 *
 * @throws {Error} naming a class that builds steps which are not computed
 */
export function asTransformers(files: TokenizerFiles): Json {
  const { json, config, model } = files;
  const named = config.tokenizer_class ?? model.tokenizer_class;
  const name = typeof named === "string" ? named.replace(/Fast$/, "") : REGISTERED[String(model.model_type)] ?? "";
  if (OTHERS.has(name)) throw new Error(`tokenizer_class ${named ?? name} is not computed`);
  const known = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  const special = specialTokens(config, known?.special ?? {});
  const listed = json.added_tokens ? list(json, "added_tokens") : [];
  const added = [...(known ? [] : listed), ...decoderTokens(config, listed), ...namedTokens(special), ...extra(config)];
  if (!known) return { ...json, added_tokens: distinct(added) };
  const steps = known.steps(files, special);
  const vocabulary = tokensOf(steps.model);
  const tokens = addedTokens(distinct(added), vocabulary);
  const idOf = (role: string) => {
    const { content } = special[role];
    return { content, id: tokens.find((token) => token.content === content)?.id ?? vocabulary.get(content) };
  };
  const [before, after] = known.around.map(idOf);
  return { ...json, ...steps, added_tokens: tokens, post_processor: template(before, after) };
}

/** Special tokens by role: those of tokenizer_config.json, else the class's. */
function specialTokens(config: Json, defaults: TokenizerClass["special"]): Special {
  const special: Record<string, Partial<AddedToken> & { content: string }> = {};
  for (const role of ROLES) {
    const token = asToken(config[role] ?? defaults[role]);
    if (token) special[role] = token;
  }
  return special;
}

function asToken(value: unknown): (Partial<AddedToken> & { content: string }) | undefined {
  if (typeof value === "string") return { content: value, special: true };
  if (typeof value !== "object" || value === null || !("content" in value)) return undefined;
  return { ...value, content: String(value.content), special: true };
}

function namedTokens(special: Special): Json[] {
  return Object.values(special).map((token) => ({ ...token, weak: true }));
}

/** Tokens that tokenizer_config.json lists by id; without such a list those of tokenizer.json. */
function decoderTokens(config: Json, listed: readonly Json[]): readonly Json[] {
  if (config.added_tokens_decoder === undefined) return listed;
  return Object.entries(object(config.added_tokens_decoder, "added_tokens_decoder"))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([id, token]) => object(token, `token ${id} of added_tokens_decoder`));
}

function extra(config: Json): Json[] {
  const lists = [config.extra_special_tokens ?? config.additional_special_tokens].map((each) =>
    typeof each === "object" && each !== null ? Object.values(each) : []
  );
  const own = Object.entries(config).filter(([key, value]) =>
    key.endsWith("_token") && !(ROLES as readonly string[]).includes(key) && typeof value === "string"
  ).map(([, value]) => value);
  return [...lists.flat(), ...own].flatMap((value) => asToken(value) ?? []).map((token) => ({ ...token, weak: true }));
}

/** Of two tokens with one text the later decides, unless it is only named and the text is known already. */
function distinct(tokens: readonly Json[]): Json[] {
  const known = new Map<unknown, Json>();
  for (const { weak, ...token } of tokens) {
    if (weak !== true || !known.has(token.content)) known.set(token.content, token);
  }
  return [...known.values()];
}

function tokensOf(model: Json): Map<string, number> {
  const { vocab } = model;
  return Array.isArray(vocab)
    ? new Map(vocab.map(([token], id) => [token, id]))
    : new Map(Object.entries(vocab as Record<string, number>));
}

type Mark = { readonly content: string; readonly id: number | undefined };

function template(before: Mark, after: Mark): Json {
  const mark = ({ content }: Mark) => ({ SpecialToken: { id: content, type_id: 0 } });
  const text = (id: string) => ({ Sequence: { id, type_id: 0 } });
  const special = Object.fromEntries(
    [before, after].map(({ content, id }) => [content, { id: content, ids: [id], tokens: [content] }]),
  );
  return {
    type: "TemplateProcessing",
    single: [mark(before), text("A"), mark(after)],
    pair: [mark(before), text("A"), mark(after), text("B"), mark(after)],
    special_tokens: special,
  };
}

function modelOf({ json }: TokenizerFiles): Json {
  return object(json.model, "model");
}

function bertSteps(files: TokenizerFiles, special: Special): Steps {
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

function robertaSteps(files: TokenizerFiles): Steps {
  const { vocab, merges } = modelOf(files);
  if (!Array.isArray(merges)) throw new Error("RobertaTokenizer with a vocabulary without merges is not computed");
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

function unigramSteps(files: TokenizerFiles, unknown: number): Steps {
  const { vocab } = modelOf(files);
  if (!Array.isArray(vocab)) {
    throw new Error("a class of SentencePiece with a vocabulary without scores is not computed");
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

function camembertUnknown(files: TokenizerFiles, special: Special): number {
  const { vocab } = modelOf(files);
  const at = Array.isArray(vocab) ? vocab.findIndex((entry) => entry?.[0] === special.unk_token.content) : -1;
  return Math.max(0, at);
}

/** The first map of SentencePiece in a normalizer: all that its classes keep of it. */
function charsmapOf(value: unknown): Json | null {
  if (value === null || value === undefined) return null;
  const part = object(value, "normalizer");
  const steps = part.type === "Sequence" ? list(part, "normalizers") : [part];
  return steps.find(({ type }) => type === "Precompiled") ?? null;
}
