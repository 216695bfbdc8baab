"""Tiny encoders that sentence-transformers and transformers save, bent the way people's folders are, and their vectors.

make FOLDER   writes FOLDER/<name> and FOLDER/reference.json: {texts, folders: {name: {query, document, similarity, …}}}
read FOLDER   reads FOLDER/saved/<name>, which another program has written, and fails where vectors, prompts or the
              similarity differ from the reference
"""
import json
import logging
import os
import shutil
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

import numpy
import torch
import transformers as hf
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer, models
from tokenizers import AddedToken, Tokenizer, models as tm, normalizers as tn, pre_tokenizers as tp, processors, trainers
from many_texts import FIXED, WORDS, many

hf.logging.set_verbosity_error()
logging.disable(logging.WARNING)
command, root = sys.argv[1], sys.argv[2]
texts = many(60)
learn = [" ".join(WORDS[i:] + WORDS[:i]) for i in range(len(WORDS))] * 3 + FIXED * 6
WIDTH = 32
BERT = dict(pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")
ROBERTA = dict(bos_token="<s>", eos_token="</s>", cls_token="<s>", sep_token="</s>", pad_token="<pad>", unk_token="<unk>", mask_token="<mask>")


def tokenizer(kind, lower=True):
    """A tokenizer, and its special tokens by role."""
    if kind == "wordpiece":
        made, roles = Tokenizer(tm.WordPiece(unk_token="[UNK]")), BERT
        made.normalizer, made.pre_tokenizer = tn.BertNormalizer(lowercase=lower), tp.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(vocab_size=700, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False)
    elif kind == "bpe":
        made, roles = Tokenizer(tm.BPE()), ROBERTA
        made.pre_tokenizer = tp.ByteLevel(add_prefix_space=False)
        trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], initial_alphabet=tp.ByteLevel.alphabet(), show_progress=False)
    else:
        made, roles = Tokenizer(tm.Unigram()), ROBERTA
        made.normalizer, made.pre_tokenizer = tn.NFKC(), tp.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=600, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], unk_token="<unk>", show_progress=False)
    made.train_from_iterator(learn, trainer)
    before, after = roles["cls_token"], roles["sep_token"]
    made.post_processor = processors.TemplateProcessing(single=f"{before} $A {after}", pair=f"{before} $A {after} $B {after}", special_tokens=[(t, made.token_to_id(t)) for t in (before, after)])
    return made, roles


def shake(model, seed=0, deviation=0.25):
    """Weights of a size at which every part of the network matters."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            drawn = torch.randn(weight.shape, generator=generator)
            norm = "norm" in name.lower() and name.endswith("weight")
            weight.copy_(1 + 0.2 * drawn if norm else (0.1 if name.endswith("bias") else deviation) * drawn)
    return model.eval()


IDS = dict(pad_token_id=0, bos_token_id=2, eos_token_id=3, cls_token_id=2, sep_token_id=3)
SHAPES = dict(
    bert=(hf.BertModel, hf.BertConfig, "wordpiece", {}),
    distilbert=(hf.DistilBertModel, hf.DistilBertConfig, "wordpiece", {}),
    mpnet=(hf.MPNetModel, hf.MPNetConfig, "wordpiece", dict(max_position_embeddings=66, pad_token_id=1)),
    roberta=(hf.RobertaModel, hf.RobertaConfig, "bpe", dict(max_position_embeddings=66, pad_token_id=1, type_vocab_size=1, layer_norm_eps=1e-5)),
    xlmr=(hf.XLMRobertaModel, hf.XLMRobertaConfig, "unigram", dict(max_position_embeddings=66, pad_token_id=1, type_vocab_size=1)),
    electra=(hf.ElectraModel, hf.ElectraConfig, "wordpiece", dict(embedding_size=16)),
    modernbert=(hf.ModernBertModel, hf.ModernBertConfig, "wordpiece", dict(local_attention=8, num_hidden_layers=4, **IDS)),
    modernbert_biased=(hf.ModernBertModel, hf.ModernBertConfig, "wordpiece", dict(attention_bias=True, mlp_bias=True, norm_bias=True, **IDS)),
    nomic=(hf.NomicBertModel, hf.NomicBertConfig, "wordpiece", dict(hidden_act="silu")),
    qwen3=(hf.Qwen3Model, hf.Qwen3Config, "wordpiece", dict(num_key_value_heads=2, head_dim=12)),
    qwen3_sliding=(hf.Qwen3Model, hf.Qwen3Config, "wordpiece", dict(num_key_value_heads=1, head_dim=8, use_sliding_window=True, sliding_window=6, max_window_layers=1, attention_bias=True)),
    qwen3_linear=(hf.Qwen3Model, hf.Qwen3Config, "wordpiece", dict(num_key_value_heads=4, head_dim=8, rope_parameters=dict(rope_type="linear", factor=4.0, rope_theta=10000.0))),
    gemma3=(hf.Gemma3TextModel, hf.Gemma3TextConfig, "wordpiece", dict(num_key_value_heads=1, head_dim=8, use_bidirectional_attention=True, sliding_window=8, query_pre_attn_scalar=8)),
    gemma3_causal=(hf.Gemma3TextModel, hf.Gemma3TextConfig, "wordpiece", dict(num_key_value_heads=2, head_dim=8, sliding_window=5, query_pre_attn_scalar=8, layer_types=["sliding_attention", "full_attention"])),
    camembert=(hf.CamembertModel, hf.CamembertConfig, "unigram", dict(max_position_embeddings=66, pad_token_id=1, type_vocab_size=1)),
)


def plain(name, shape="bert", cls="PreTrainedTokenizerFast", lower=True, model=None, config=(), deviation=0.25, **more):
    """A folder of transformers."""
    folder = os.path.join(root, name)
    os.makedirs(folder)
    kind, configuration, kind_of_tokenizer, own = SHAPES[shape]
    made, roles = tokenizer(kind_of_tokenizer, lower)
    sizes = dict(hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
    if shape == "distilbert":
        sizes = dict(dim=WIDTH, n_layers=2, n_heads=4, hidden_dim=64)
    shake((model or kind)(configuration(**{**dict(vocab_size=made.get_vocab_size(), max_position_embeddings=64), **sizes, **own, **more})), deviation=deviation).save_pretrained(folder)
    made.save(os.path.join(folder, "tokenizer.json"))
    write(folder, "tokenizer_config.json", {**roles, "model_max_length": 64, **({"tokenizer_class": cls} if cls else {}), **dict(config)})
    return folder


def write(folder, file, value):
    os.makedirs(os.path.dirname(os.path.join(folder, file)), exist_ok=True)
    with open(os.path.join(folder, file), "w") as target:
        json.dump(value, target)


def edit(folder, file, **values):
    path = os.path.join(folder, file)
    write(folder, file, {**(json.load(open(path)) if os.path.exists(path) else {}), **values})
    return folder


def saved(folder, pooling="mean", normalize=True, dense=(), **options):
    """The folder as sentence-transformers saves it."""
    parts = [models.Transformer(folder), models.Pooling(WIDTH, pooling_mode=pooling)]
    width = WIDTH * (len(pooling) if isinstance(pooling, tuple) else 1)
    for seed, (size, bias, activation) in enumerate(dense):
        parts.append(shake(models.Dense(width, size, bias=bias, activation_function=activation), seed + 5))
        width = size
    encoder = SentenceTransformer(modules=parts + ([models.Normalize()] if normalize else []), device="cpu", **options)
    shutil.rmtree(folder)
    encoder.save_pretrained(folder, create_model_card=False)
    return folder


def old(folder, normalize=True):
    """The folder in the layout of older versions."""
    names = ["Transformer", "Pooling"] + ["Normalize"] * normalize
    write(folder, "modules.json", [dict(idx=i, name=str(i), path=f"{i}_{n}" if i else "", type=f"sentence_transformers.models.{n}") for i, n in enumerate(names)])
    write(folder, "1_Pooling/config.json", dict(word_embedding_dimension=WIDTH, pooling_mode_cls_token=False, pooling_mode_mean_tokens=True, pooling_mode_max_tokens=False, pooling_mode_mean_sqrt_len_tokens=False))
    os.makedirs(os.path.join(folder, "2_Normalize"), exist_ok=True)
    write(folder, "sentence_bert_config.json", dict(max_seq_length=64, do_lower_case=False))
    return folder


def weights(folder, change):
    path = os.path.join(folder, "model.safetensors")
    save_file({k: v.contiguous() for k, v in change(load_file(path)).items()}, path, metadata={"format": "pt"})
    return folder


def static(name, kind="wordpiece", normalize=True, length=None):
    made, _ = tokenizer(kind)
    if length:
        made.enable_truncation(length)
    table = numpy.random.default_rng(0).standard_normal((made.get_vocab_size(), WIDTH)).astype(numpy.float32)
    parts = [models.StaticEmbedding(made, embedding_weights=table)] + ([models.Normalize()] if normalize else [])
    SentenceTransformer(modules=parts, device="cpu").save_pretrained(os.path.join(root, name), create_model_card=False)


def model2vec(name, more):
    """A static encoder under the names of model2vec, with shared rows or weights of tokens."""
    static(name)
    folder = os.path.join(root, name)
    table = next(iter(load_file(os.path.join(folder, "model.safetensors")).values()))
    count = table.shape[0]
    tensors = dict(embeddings=table[: count // 2 + 1] if "mapping" in more else table)
    if "mapping" in more:
        tensors["mapping"] = torch.arange(count) // 2
    if "weights" in more:
        tensors["weights"] = torch.linspace(0.1, 2, count, dtype=torch.float64)
    save_file({key: value.contiguous() for key, value in tensors.items()}, os.path.join(folder, "model.safetensors"))


def added(folder):
    path = os.path.join(folder, "tokenizer.json")
    made = Tokenizer.from_file(path)
    made.add_tokens(["newtok", AddedToken("<ent>", lstrip=True, rstrip=True, normalized=False), AddedToken("quick", single_word=True)])
    made.save(path)
    return folder


def classed(name, fixture, cls, flag=""):
    """A tiny encoder of the fixtures under a class that builds its own tokenizer."""
    folder = os.path.join(root, name)
    shutil.copytree(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fixtures", "encoders", fixture), folder)
    config = json.load(open(os.path.join(folder, "tokenizer_config.json")))
    config.pop("tokenizer_class")
    if fixture == "gemma3_text":
        config["mask_token"] = "<unk>"
    write(folder, "tokenizer_config.json", {**config, **({"tokenizer_class": cls} if cls else {}), **({flag: False} if flag else {})})
    return folder


identity, tanh = torch.nn.Identity(), torch.nn.Tanh()
GOOD = {
    "control": lambda n: saved(plain(n)), "old layout": lambda n: old(plain(n)), "transformers alone": plain,
    "cls": lambda n: saved(plain(n), "cls"), "last": lambda n: saved(plain(n), "lasttoken"),
    "no Normalize": lambda n: saved(plain(n), normalize=False), "no Normalize, cosine": lambda n: saved(plain(n), normalize=False, similarity_fn_name="cosine"),
    "no Normalize, dot": lambda n: saved(plain(n), normalize=False, similarity_fn_name="dot"), "Normalize, dot": lambda n: saved(plain(n), similarity_fn_name="dot"),
    "Dense": lambda n: saved(plain(n), dense=[(16, True, identity)]), "Dense, tanh": lambda n: saved(plain(n), normalize=False, dense=[(16, True, tanh)]),
    "two Dense": lambda n: saved(plain(n), dense=[(64, False, identity), (WIDTH, False, identity)]),
    **{f"activation {a}": lambda n, a=a: saved(plain(n, hidden_act=a)) for a in ("gelu_new", "gelu_pytorch_tanh", "relu")},
    "epsilon": lambda n: saved(plain(n, layer_norm_eps=1e-2)), "one type": lambda n: saved(plain(n, type_vocab_size=1)), "four types": lambda n: saved(plain(n, type_vocab_size=4)),
    "bfloat16": lambda n: old(weights(plain(n, deviation=0.1), lambda w: {k: v.bfloat16() for k, v in w.items()})),
    "float16": lambda n: old(weights(plain(n), lambda w: {k: v.half() for k, v in w.items()})), "float64": lambda n: old(weights(plain(n), lambda w: {k: v.double() for k, v in w.items()})),
    "language model's names": lambda n: old(plain(n, model=hf.BertForMaskedLM)), "classifier's names": lambda n: old(plain(n, model=hf.BertForSequenceClassification)),
    "gamma and beta": lambda n: old(weights(plain(n), lambda w: {k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): v for k, v in w.items()})),
    "no pooler": lambda n: old(weights(plain(n), lambda w: {k: v for k, v in w.items() if "pooler" not in k})),
    "NaN where it is not used": lambda n: old(weights(plain(n), lambda w: {**w, "pooler.dense.weight": w["pooler.dense.weight"] * float("nan")})),
    "position ids": lambda n: old(weights(plain(n), lambda w: {**w, "embeddings.position_ids": torch.arange(64)[None]})),
    "lower case of sentence-transformers": lambda n: edit(old(plain(n, lower=False)), "sentence_bert_config.json", do_lower_case=True),
    "no length": lambda n: edit(old(plain(n)), "sentence_bert_config.json", max_seq_length=None), "length 8": lambda n: edit(old(plain(n)), "sentence_bert_config.json", max_seq_length=8),
    "prompts": lambda n: saved(plain(n), prompts={"query": "query: ", "passage": "passage: "}), "prompts, document": lambda n: saved(plain(n), prompts={"query": "q: ", "document": "d: ", "task": "t: "}),
    "prompts, passage alone": lambda n: edit(saved(plain(n)), "config_sentence_transformers.json", prompts={"query": "query: ", "passage": "passage: "}),
    "default prompt": lambda n: saved(plain(n), prompts={"search": "search: ", "task": "task: "}, default_prompt_name="search"),
    "added tokens": lambda n: old(added(plain(n, vocab_size=900))),
    **{f"BertTokenizer {list(c)}": lambda n, c=c: old(plain(n, cls="BertTokenizer", config=c)) for c in ({}, dict(do_lower_case=False), dict(strip_accents=False), dict(tokenize_chinese_chars=False))},
    "BertTokenizer over cased": lambda n: old(plain(n, cls="BertTokenizer", lower=False)), "no class": lambda n: old(plain(n, cls=None, lower=False)), "no class, not lower": lambda n: old(plain(n, cls=None, config=dict(do_lower_case=False))),
    "special_tokens_map.json": lambda n: edit(old(plain(n)), "special_tokens_map.json", mask_token=dict(content="[MASK]", lstrip=True, rstrip=True, normalized=False, single_word=False)),
    **{s: lambda n, s=s: saved(plain(n, s)) for s in SHAPES if s != "bert"}, "DistilBertTokenizer": lambda n: old(plain(n, "distilbert", cls="DistilBertTokenizer", config=dict(do_lower_case=False))),
    "RobertaTokenizer": lambda n: old(plain(n, "roberta", cls="RobertaTokenizer")), "RobertaTokenizer, prefix": lambda n: old(plain(n, "roberta", cls="RobertaTokenizer", config=dict(add_prefix_space=True))),
    "XLMRobertaTokenizer": lambda n: old(plain(n, "xlmr", cls="XLMRobertaTokenizer")), "MPNetTokenizer": lambda n: old(plain(n, "mpnet", cls="MPNetTokenizer", config=dict(bos_token="[CLS]", eos_token="[SEP]"))),
    "max": lambda n: saved(plain(n), "max"), "weighted mean": lambda n: saved(plain(n), "weightedmean"), "root of the length": lambda n: saved(plain(n), "mean_sqrt_len_tokens"),
    "two poolings": lambda n: saved(plain(n), ("cls", "mean")), "two poolings, turned": lambda n: saved(plain(n), ("lasttoken", "max")), "fewer numbers": lambda n: edit(saved(plain(n)), "config_sentence_transformers.json", truncate_dim=8),
    **{f"Dense, {type(a).__name__}": lambda n, a=a: saved(plain(n), normalize=False, dense=[(16, True, a)]) for a in (torch.nn.GELU(), torch.nn.ReLU(), torch.nn.Sigmoid(), torch.nn.SiLU())}, "silu": lambda n: saved(plain(n, hidden_act="silu")),
    **{f"Qwen2Tokenizer {c}": lambda n, c=c: classed(n, "qwen3", "Qwen2Tokenizer", c) for c in ("", "add_bos_token")}, "Qwen3 without a class": lambda n: classed(n, "qwen3", None),
    **{f"{k} {c}": lambda n, c=c, k=k: classed(n, "gemma3_text", k, c) for k in ("GemmaTokenizer", "GemmaTokenizerFast") for c in ("", "add_eos_token")}, "Gemma without a class": lambda n: classed(n, "gemma3_text", None),
    "electra without a class": lambda n: classed(n, "electra", None), "nomic without a class": lambda n: classed(n, "nomic_bert", None),
    **{f"model2vec, {' and '.join(c) or 'plain'}": lambda n, c=c: model2vec(n, c) for c in ((), ("mapping",), ("weights",), ("mapping", "weights"))},
    "static": static, "static, no Normalize": lambda n: static(n, normalize=False), "static, unigram": lambda n: static(n, "unigram"), "static, bpe": lambda n: static(n, "bpe"), "static, length": lambda n: static(n, length=16),
}


def remove(folder, file):
    os.remove(os.path.join(folder, file))
    return folder


# Folders that another program may read or refuse, but not read otherwise.
ODD = {
    "euclidean": lambda n: saved(plain(n), normalize=False, similarity_fn_name="euclidean"), "manhattan": lambda n: saved(plain(n), normalize=False, similarity_fn_name="manhattan"),
    "decoder": lambda n: edit(old(plain(n)), "config.json", is_decoder=True),
    "prompt left out": lambda n: edit(saved(plain(n), prompts={"query": "q: ", "document": "d: "}), "1_Pooling/config.json", include_prompt=False),
    "yarn": lambda n: saved(plain(n, "qwen3", rope_parameters=dict(rope_type="yarn", factor=4.0, rope_theta=10000.0, original_max_position_embeddings=64))),
    "other names": lambda n: old(weights(plain(n), lambda w: {"0.auto_model." + k: v for k, v in w.items()})),
    "pytorch_model.bin": lambda n: (torch.save(load_file(os.path.join(old(plain(n)), "model.safetensors")), os.path.join(root, n, "pytorch_model.bin")), remove(os.path.join(root, n), "model.safetensors")),
    "vocab.txt": lambda n: (open(os.path.join(old(plain(n, cls="BertTokenizer")), "vocab.txt"), "w").write("\n".join(sorted((v := json.load(open(os.path.join(root, n, "tokenizer.json")))["model"]["vocab"]), key=v.get))), remove(os.path.join(root, n), "tokenizer.json")),
}


def vectors(folder):
    encoder = SentenceTransformer(folder, device="cpu", model_kwargs=None if "static" in folder else {"dtype": torch.float32})
    query, document = encoder.encode_query(texts), encoder.encode_document(texts)
    scores = encoder.similarity(torch.tensor(query[:5]), torch.tensor(document)).numpy()
    return dict(query=query.tolist(), document=document.tolist(), scores=scores.tolist(), similarity=str(encoder.similarity_fn_name), prompts=encoder.prompts, default_prompt=encoder.default_prompt_name)


if command == "make":
    for name, build in {**GOOD, **ODD}.items():
        build(name)
    folders = {}
    for name in {**GOOD, **ODD}:
        try:
            folders[name] = vectors(os.path.join(root, name))
        except Exception as error:
            folders[name] = dict(error=f"{type(error).__name__}: {error}"[:300])
    wrong = [name for name in GOOD if "error" in folders[name]]
    assert not wrong, {name: folders[name]["error"] for name in wrong}
    write(root, "reference.json", dict(texts=texts, folders=folders, good=list(GOOD)))
else:
    reference = json.load(open(os.path.join(root, "reference.json")))
    wrong = []
    for name in sorted(os.listdir(os.path.join(root, "saved"))):
        wanted, found = reference["folders"][name], vectors(os.path.join(root, "saved", name))
        for kind in ("query", "document", "scores"):
            a, b = numpy.array(wanted[kind]), numpy.array(found[kind])
            if a.shape != b.shape or numpy.abs(a - b).max() > 1e-4 * max(1, numpy.abs(a).max()):
                wrong.append(f"{name}: {kind}")
        prompts = lambda p: {k: v for k, v in p.items() if v != ""}
        if wanted["similarity"] != found["similarity"] or wanted["default_prompt"] != found["default_prompt"] or not prompts(wanted["prompts"]).items() <= prompts(found["prompts"]).items():
            wrong.append(f"{name}: {found['similarity']}, {found['prompts']}, {found['default_prompt']}")
    sys.exit("\n".join(wrong) or 0)
