"""Tokenizers of many kinds, and the ids that the libraries `tokenizers` and `transformers` give.

Arguments: the file to write, the number of texts, the number of tokenizers whose steps are drawn by chance.
Written: {texts, models, cases: [{name, json, model, config?, kind?, ids}]}; `model` names the model that is left out of
json, and a case with `kind` (a model_type) is read by AutoTokenizer of a folder with tokenizer_config.json.
"""
import json
import os
import random
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
import logging

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from many_texts import FIXED, WORDS, many

out, count, drawn = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
texts = many(count)
learn = [" ".join(WORDS[i:] + WORDS[:i]) for i in range(len(WORDS))] * 3 + FIXED * 6
MODELS, CASES = {}, []
BERT_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ROBERTA_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def special(tokens):
    return [dict(id=i, content=t, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True) for i, t in enumerate(tokens)]


def token(content, **flags):
    return {**dict(id=90000, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=False), **flags}


def template(before, after, at):
    mark = lambda t: [dict(SpecialToken=dict(id=t, type_id=0))] if t else []
    return dict(
        type="TemplateProcessing", single=mark(before) + [dict(Sequence=dict(id="A", type_id=0))] + mark(after),
        pair=[dict(Sequence=dict(id="A", type_id=0)), dict(Sequence=dict(id="B", type_id=0))],
        special_tokens={t: dict(id=t, ids=[at[t]], tokens=[t]) for t in (before, after) if t},
    )


def encode(tokenizer, text, **options):
    try:
        return tokenizer.encode(text, **options).ids
    except BaseException as error:  # what the library panics on has no right answer
        return None


def case(name, model, normalizer=None, pre=None, added=(), post=None):
    whole = dict(version="1.0", truncation=None, padding=None, added_tokens=list(added), normalizer=normalizer,
                 pre_tokenizer=pre, post_processor=post, decoder=None, model=MODELS[model])
    tokenizer = Tokenizer.from_str(json.dumps(whole))
    CASES.append(dict(name=name, json={**whole, "model": None}, model=model, ids=[encode(tokenizer, t, add_special_tokens=post is not None) for t in texts]))


# Models. "bytes" shows what the steps before it make of a text: one token a byte, another at a piece's end.
alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
MODELS["bytes"] = dict(type="BPE", dropout=None, unk_token=None, continuing_subword_prefix=None, end_of_word_suffix="</w>", fuse_unk=False,
                       byte_fallback=False, ignore_merges=False, vocab={t: i for i, t in enumerate(alphabet + [c + "</w>" for c in alphabet])}, merges=[])
BYTES = dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=False)


def learned(name, model, trainer, pre, normalizer=None):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.train_from_iterator(learn, trainer)
    MODELS[name] = json.loads(tokenizer.to_str())["model"]


learned("wordpiece", models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer(vocab_size=600, special_tokens=BERT_SPECIAL, show_progress=False), pre_tokenizers.BertPreTokenizer(), normalizers.BertNormalizer())
learned("wordpiece cased", models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer(vocab_size=600, special_tokens=BERT_SPECIAL, show_progress=False), pre_tokenizers.BertPreTokenizer())
learned("bpe", models.BPE(), trainers.BpeTrainer(vocab_size=500, special_tokens=ROBERTA_SPECIAL, initial_alphabet=alphabet, show_progress=False), pre_tokenizers.ByteLevel(add_prefix_space=False))
learned("bpe of characters", models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True), trainers.BpeTrainer(vocab_size=700, special_tokens=ROBERTA_SPECIAL + [f"<0x{i:02X}>" for i in range(256)], limit_alphabet=90, show_progress=False), pre_tokenizers.Metaspace())
learned("bpe with marks", models.BPE(unk_token="<unk>", continuing_subword_prefix="##", end_of_word_suffix="</w>"), trainers.BpeTrainer(vocab_size=500, special_tokens=ROBERTA_SPECIAL, limit_alphabet=60, continuing_subword_prefix="##", end_of_word_suffix="</w>", show_progress=False), pre_tokenizers.Whitespace())
MODELS["bpe, whole words"] = {**MODELS["bpe"], "ignore_merges": True}
MODELS["bpe, unknown apart"] = {**MODELS["bpe of characters"], "byte_fallback": False, "fuse_unk": False}
MODELS["bpe, unknown fused"] = {**MODELS["bpe of characters"], "byte_fallback": False}
learned("unigram", models.Unigram(), trainers.UnigramTrainer(vocab_size=500, special_tokens=ROBERTA_SPECIAL, unk_token="<unk>", show_progress=False), pre_tokenizers.Metaspace(), normalizers.NFKC())
byte_tokens = [[f"<0x{i:02X}>", -9.0] for i in range(256)]
MODELS["unigram of bytes"] = {**MODELS["unigram"], "vocab": MODELS["unigram"]["vocab"] + byte_tokens, "byte_fallback": True}
MODELS["words"] = dict(type="WordLevel", vocab={t: i for i, t in enumerate(["<unk>", *dict.fromkeys(w for t in learn for w in t.split())])}, unk_token="<unk>")
MODELS["wordpiece of short words"] = {**MODELS["wordpiece"], "max_input_chars_per_word": 6, "continuing_subword_prefix": "#"}


def charsmap(pairs):
    """SentencePiece's map of some characters, from its own compiler."""
    import io
    import sentencepiece
    with tempfile.TemporaryDirectory() as folder:
        rules = {"rule": pairs} if isinstance(pairs, str) else {"tsv": os.path.join(folder, "rules.tsv")}
        if "tsv" in rules:
            with open(rules["tsv"], "w") as file:
                file.write("".join(f"{' '.join(f'{ord(c):X}' for c in a)}\t{' '.join(f'{ord(c):X}' for c in b)}\n" for a, b in pairs.items()))
        writer = io.BytesIO()
        named = {"normalization_rule_name": rules["rule"]} if "rule" in rules else {"normalization_rule_tsv": rules["tsv"]}
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(t.replace("\x00", " ").replace("\n", " ") for t in learn), model_writer=writer,
                                                 vocab_size=200, model_type="unigram", minloglevel=2, hard_vocab_limit=False, character_coverage=0.98, **named)
        # ModelProto: field 3 is the normalizer_spec, whose field 2 is the map.
        return field(field(writer.getvalue(), 3), 2)


def field(data, wanted):
    """The first field of a number in a protocol buffer."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while at < len(data):
        key = number()
        kind = key & 7
        size = number() if kind == 2 else 0
        if kind == 2 and key >> 3 == wanted:
            return data[at:at + size]
        if kind == 0:
            number()
        at += size if kind == 2 else {0: 0, 1: 8, 5: 4}[kind]


# Known families.
at = lambda name: {t: i for i, t in enumerate(BERT_SPECIAL if name == "bert" else ROBERTA_SPECIAL)}
bert = lambda **flags: {**dict(type="BertNormalizer", clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True), **flags}
meta = lambda scheme="always", split=True: dict(type="Metaspace", replacement="▁", prepend_scheme=scheme, split=split)
several = lambda *steps: dict(type="Sequence", pretokenizers=list(steps))
chain = lambda *steps: dict(type="Sequence", normalizers=list(steps))
replace = lambda pattern, content: dict(type="Replace", pattern=pattern, content=content)
spaces = replace(dict(Regex=" {2,}"), " ")
QWEN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
O200K = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
byte_level = lambda pattern: several(dict(type="Split", pattern=dict(Regex=pattern), behavior="Isolated", invert=False), BYTES)
case("BERT", "wordpiece", bert(), dict(type="BertPreTokenizer"), special(BERT_SPECIAL), template("[CLS]", "[SEP]", at("bert")))
case("BERT cased", "wordpiece cased", bert(lowercase=False), dict(type="BertPreTokenizer"), special(BERT_SPECIAL), template("[CLS]", None, at("bert")))
for flags in (dict(strip_accents=False), dict(lowercase=False, strip_accents=True), dict(handle_chinese_chars=False), dict(clean_text=False)):
    case(f"BERT {flags}", "wordpiece", bert(**flags), dict(type="BertPreTokenizer"), special(BERT_SPECIAL))
case("WordPiece, short words", "wordpiece of short words", bert(), dict(type="Whitespace"))
case("RoBERTa", "bpe", None, {**BYTES, "use_regex": True}, special(ROBERTA_SPECIAL), dict(type="RobertaProcessing", sep=["</s>", 2], cls=["<s>", 0], trim_offsets=True, add_prefix_space=False))
case("RoBERTa, prefix", "bpe", None, {**BYTES, "use_regex": True, "add_prefix_space": True}, special(ROBERTA_SPECIAL))
case("BPE, whole words", "bpe, whole words", dict(type="NFC"), {**BYTES, "use_regex": True})
case("Qwen", "bpe", dict(type="NFC"), byte_level(QWEN), special(ROBERTA_SPECIAL), dict(type="Sequence", processors=[dict(type="ByteLevel", add_prefix_space=False, trim_offsets=False, use_regex=False), template(None, "</s>", at("roberta"))]))
case("o200k", "bpe", None, byte_level(O200K))
for name in ("bpe of characters", "bpe, unknown apart", "bpe, unknown fused"):
    case(f"Llama, {name}", name, chain(dict(type="Prepend", prepend="▁"), replace(dict(String=" "), "▁")), None, special(ROBERTA_SPECIAL))
case("BPE with marks", "bpe with marks", dict(type="Lowercase"), dict(type="Whitespace"))
case("words", "words", None, dict(type="WhitespaceSplit"))
for scheme in ("always", "first", "never"):
    case(f"Unigram, {scheme}", "unigram", chain(dict(type="NFKC"), spaces), meta(scheme), special(ROBERTA_SPECIAL) + [token("<ent>", lstrip=True, rstrip=True), token("newtok", single_word=True, normalized=True)])
case("Unigram, whole", "unigram", chain(dict(type="Nmt"), dict(type="NFKC"), spaces), meta("always", False), special(ROBERTA_SPECIAL))
case("Unigram, words", "unigram", None, several(dict(type="WhitespaceSplit"), meta()), special(ROBERTA_SPECIAL))
case("Unigram of bytes", "unigram of bytes", dict(type="NFKC"), meta())
case("Unigram, merged with next", "unigram", chain(dict(type="Prepend", prepend="▁"), replace(dict(String=" "), "▁")), dict(type="Split", pattern=dict(String="▁"), behavior="MergedWithNext", invert=False))
if count <= 1000:
    maps = [("a few characters", {"～": "~", "①": "1", "ﬁ": "fi", "e\u0301": "é", "Ａ": "a", "\u200b": " ", "한": "ㅎㅏㄴ", "\r\n": "¶"})]
else:
    maps = [(rule, rule) for rule in ("nmt_nfkc", "nfkc", "nmt_nfkc_cf")]
try:
    import base64
    for name, pairs in maps:
        step = dict(type="Precompiled", precompiled_charsmap=base64.b64encode(charsmap(pairs)).decode())
        case(f"charsmap, {name}", "bytes", step, BYTES)
        case(f"charsmap and spaces, {name}", "unigram", chain(step, spaces), meta(), special(ROBERTA_SPECIAL))
except ImportError:
    print("sentencepiece is not there: no charsmaps")

# Steps by chance.
draw = random.Random(7)
PATTERNS = [
    r"\s+", r"\w+|[^\w\s]+", r"\b", r"(?=[A-Z])", r"(?<=[a-z])(?=[A-Z])", r"[[:punct:]]", r"[[:alpha:]&&[^a-z]]+", r"\p{Lu}\p{Ll}*", r"(?i:'s|'t|lazy)",
    r"(?i)fox|σ|k", r"\d{1,3}(?=(?:\d{3})*\b)", r"[^\S\n]+", r"^.", r".$", r"\A\s*|\s*\z", r"[^(\s|[.,!?])]+", r" ?[^(\s|[.,!?…。，、।۔،])]+",
    r"\p{Han}|\p{Hiragana}+|\p{Katakana}+", r"[\p{P}\p{S}]", r"(a|b)*?c", r"(?:ab|a)(?:c|bcd)?", r"\p{N}{1,3}", r"[一-龥぀-ゟ゠-ヿ]+", r"x*", r"(?!\s)", r"\p{^L}+",
    r"\P{L}+", QWEN, O200K, r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    r"(?>a+)b|\x41|\u0042|\x{1F600}", r"\h+", r"(?m:.)\n", r"(?<!a)b", r"(?<=ab|cd)e", r"[a-z&&[^aeiou]]+", r"[\]\-a]", r"[]a]", r"\t|\n|\r\n?", r"(?:\r?\n)+",
    r"[^\n]*\n?", r"(?<x>the) quick", r"\.{2,}", r"a{,2}b", r"\$|\^|\|", r"(|the)q", r"\W+", r"\D+", r"\S+\s?", r"\B", r"[[:^alpha:]]+", r"\p{Alpha}+", r"\p{Greek}+",
    r"[\w'-]+", r"[+\-*/]", r"(?-i:Fox)", r"\Z",
]
BEHAVIORS = ["Removed", "Isolated", "Contiguous", "MergedWithPrevious", "MergedWithNext"]
flip = lambda share=0.5: draw.random() < share


def pattern():
    return dict(Regex=draw.choice(PATTERNS)) if flip(0.8) else dict(String=draw.choice([" ", "a", "th", "▁", ".", " the", "\n", "é"]))


def pre_tokenizer():
    kind = draw.randint(0, 8)
    if kind < 4:
        return dict(type="Split", pattern=pattern(), behavior=draw.choice(BEHAVIORS), invert=flip(0.3))
    return [
        dict(type="Punctuation", behavior=draw.choice(BEHAVIORS)), dict(type="Digits", individual_digits=flip()), meta(draw.choice(["always", "first", "never"]), flip()),
        dict(type=draw.choice(["Whitespace", "WhitespaceSplit", "BertPreTokenizer"])),
        draw.choice([dict(type="CharDelimiterSplit", delimiter=draw.choice("a .é")), dict(type="FixedLength", length=draw.randint(1, 5))]),
    ][kind - 4]


def normalizer():
    kind = draw.randint(0, 8)
    if kind == 7:
        return chain(*(normalizer() for _ in range(draw.randint(0, 3))))
    return [
        bert(clean_text=flip(), handle_chinese_chars=flip(), strip_accents=draw.choice([None, True, False]), lowercase=flip()), dict(type=draw.choice(["NFC", "NFD", "NFKC", "NFKD"])),
        dict(type=draw.choice(["Lowercase", "StripAccents", "Nmt"])), dict(type="Strip", strip_left=flip(), strip_right=flip()), dict(type="Prepend", prepend=draw.choice(["▁", "x", " "])),
        replace(pattern(), draw.choice(["", " ", "Z", "▁"])), replace(pattern(), draw.choice(["", " ", "Z", "▁"])), None, dict(type=draw.choice(["ByteLevel", "NFC"])),
    ][kind]


def added(change):
    """Tokens that differ when they are normalized: of two that are then the same, the library takes one by chance."""
    contents = ["the", "quick", "The", " Fox", "dog", "<s>", "[MASK]", "newtok", "é", "ß", "a", "..", "  ", "fox jumps", "lazy", "Σ", "</w>", "\n", "’", "in", "Σσ", "quick brown", "FOX"]
    tokens = [token(c, single_word=flip(0.3), lstrip=flip(0.3), rstrip=flip(0.3), normalized=flip(), special=flip(0.4)) for c in draw.sample(contents, draw.randint(0, 6))]
    plain = [change(t["content"]) if t["normalized"] else t["content"] for t in tokens]
    return [t for i, t in enumerate(tokens) if plain[i] and plain[i] not in plain[:i]]


while drawn > 0:
    before = normalizer() if flip(0.6) else None
    whole = Tokenizer.from_str(json.dumps(dict(version="1.0", added_tokens=[], normalizer=before, model=MODELS["bytes"])))
    try:
        tokens = added(whole.normalizer.normalize_str if before else lambda text: text)
    except BaseException:
        continue
    sample, keep = [i for i in range(len(texts)) if i < len(FIXED) or draw.random() < 160 / len(texts)], texts
    texts = [keep[i] for i in sample]
    case(f"by chance {drawn}", "bytes", before, several(*(pre_tokenizer() for _ in range(draw.randint(0, 2))), BYTES), tokens)
    CASES[-1]["texts"] = sample
    texts = keep
    drawn -= 1


# Classes of transformers, by tokenizer_config.json.
def auto(name, model, kind, config, steps):
    import transformers
    transformers.logging.set_verbosity_error()
    whole = {**dict(version="1.0", truncation=None, padding=None, added_tokens=[], normalizer=None, pre_tokenizer=None, post_processor=None, decoder=None), **steps}
    with tempfile.TemporaryDirectory() as folder:
        for file, value in (("tokenizer.json", {**whole, "model": MODELS[model]}), ("tokenizer_config.json", config), ("config.json", dict(model_type=kind))):
            with open(os.path.join(folder, file), "w") as target:
                json.dump(value, target)
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    some = texts[:1000]
    CASES.append(dict(name=name, json=whole, model=model, config=config, kind=kind, texts=list(range(len(some))), ids=[tokenizer(t)["input_ids"] for t in some]))


logging.disable(logging.WARNING)
bert_steps = dict(normalizer=bert(), pre_tokenizer=dict(type="BertPreTokenizer"), added_tokens=special(BERT_SPECIAL), post_processor=template("[CLS]", "[SEP]", at("bert")))
named = dict(pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")
decoder = {"4": dict(content="[MASK]", lstrip=True, rstrip=False, normalized=False, single_word=False, special=True), "700": dict(content="newtok", lstrip=False, rstrip=True, normalized=True, single_word=True, special=False)}
for cls, kind in (("BertTokenizer", "bert"), ("BertTokenizerFast", "bert"), ("DistilBertTokenizer", "distilbert"), ("ElectraTokenizer", "bert"), (None, "bert"), (None, "distilbert"), ("PreTrainedTokenizerFast", "bert"), ("MadeUpTokenizer", "bert")):
    for flags in ({}, dict(do_lower_case=False), dict(do_lower_case=True, strip_accents=False), dict(tokenize_chinese_chars=False), dict(do_lower_case=False, strip_accents=True), dict(added_tokens_decoder=decoder), dict(split_special_tokens=True), dict(extra_special_tokens=["<ent>"], mask_token="[M]")):
        auto(f"{cls}, {kind}, {list(flags)}", "wordpiece" if kind == "bert" else "wordpiece cased", kind, {**named, **flags, **({"tokenizer_class": cls} if cls else {})}, bert_steps)
mp = dict(bos_token="[CLS]", eos_token="[SEP]", **named)
for flags in ({}, dict(do_lower_case=False), dict(strip_accents=False)):
    auto(f"MPNetTokenizer, {list(flags)}", "wordpiece", "mpnet", {**mp, **flags, "tokenizer_class": "MPNetTokenizer"}, bert_steps)
    auto(f"mpnet without a class, {list(flags)}", "wordpiece", "mpnet", {**mp, **flags}, bert_steps)
auto("BertTokenizer of mpnet", "wordpiece", "mpnet", {**named, "tokenizer_class": "BertTokenizer", "do_lower_case": False}, bert_steps)
roberta_named = dict(bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>", pad_token="<pad>", unk_token="<unk>", mask_token="<mask>")
roberta_steps = dict(pre_tokenizer={**BYTES, "use_regex": True, "add_prefix_space": True}, added_tokens=special(ROBERTA_SPECIAL), post_processor=template("<s>", "</s>", at("roberta")), normalizer=dict(type="NFKC"))
lstrip = dict(__type="AddedToken", content="<mask>", lstrip=True, rstrip=False, normalized=False, single_word=False)
for flags in ({}, dict(add_prefix_space=True), dict(mask_token=lstrip), dict(cls_token="<mask>")):
    auto(f"RobertaTokenizer, {list(flags)}", "bpe", "roberta", {**roberta_named, **flags, "tokenizer_class": "RobertaTokenizer"}, roberta_steps)
auto("roberta as it is", "bpe", "roberta", {**roberta_named, "tokenizer_class": "PreTrainedTokenizerFast"}, roberta_steps)
xlm_steps = dict(normalizer=chain(dict(type="NFKC"), spaces), pre_tokenizer=meta("first"), added_tokens=special(ROBERTA_SPECIAL), post_processor=template("<s>", "</s>", at("roberta")))
for cls, kind in (("XLMRobertaTokenizer", "xlm-roberta"), ("XLMRobertaTokenizerFast", "xlm-roberta"), (None, "xlm-roberta"), ("CamembertTokenizer", "camembert"), ("PreTrainedTokenizerFast", "xlm-roberta")):
    for flags in ({}, dict(add_prefix_space=False)):
        auto(f"{cls}, {kind}, {list(flags)}", "unigram", kind, {**roberta_named, **flags, **({"tokenizer_class": cls} if cls else {})}, xlm_steps)

with open(out, "w") as target:
    json.dump(dict(texts=texts, models=MODELS, cases=CASES), target, ensure_ascii=False, separators=(",", ":"))
print(len(CASES), "tokenizers,", len(texts), "texts")
