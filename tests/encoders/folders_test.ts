import assert from "node:assert/strict";
import { join } from "node:path";
import { loadEncoder, Safetensors, type TransformerEncoder, writeSafetensors } from "../../lib/encoders/mod.ts";
import { Graph } from "../../lib/graph/mod.ts";
import { packedFeeds } from "../../lib/encoders/packing.ts";
import { copyOf, edit, FIXTURES, TEXTS } from "./fixtures.ts";

async function vectors(folder: string): Promise<Float32Array> {
  const encoder = await loadEncoder(folder);
  const { data } = await encoder.encode(TEXTS, { kind: "query" });
  await encoder.dispose();
  return data;
}

/** Writes a folder's tensors under other names, or into several files. */
async function rewrite(folder: string, place: (name: string) => { file?: string; name?: string }): Promise<void> {
  const old = Safetensors.open(join(folder, "model.safetensors"));
  const files = new Map<string, Map<string, ReturnType<Safetensors["read"]>>>();
  for (const each of old.names) {
    const { file = "model.safetensors", name = each } = place(each);
    files.set(file, (files.get(file) ?? new Map()).set(name, old.read(each)));
  }
  await Deno.remove(old.file);
  for (const [file, tensors] of files) await writeSafetensors(join(folder, file), tensors);
  const weight_map = Object.fromEntries(
    [...files].flatMap(([file, tensors]) => [...tensors.keys()].map((n) => [n, file])),
  );
  if (files.size > 1) await edit(join(folder, "model.safetensors.index.json"), (json) => json.weight_map = weight_map);
}

Deno.test("other tensor names and sharded weights give the same encoder", async () => {
  const wanted = await vectors(join(FIXTURES, "bert"));
  const places: ((name: string) => { file?: string; name?: string })[] = [
    (name) => ({
      name: `bert.${name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")}`,
    }),
    (name) => ({ file: `model-0000${name.endsWith("bias") ? 1 : 2}-of-00002.safetensors` }),
  ];
  for (const place of places) {
    const folder = await copyOf("bert");
    await rewrite(folder, place);
    assert.deepEqual(await vectors(folder), wanted);
  }
});

Deno.test("a wrong index of weights is refused", async () => {
  const folder = await copyOf("bert");
  const index = join(folder, "model.safetensors.index.json");
  await rewrite(folder, (name) => ({ file: `model-0000${name.endsWith("bias") ? 1 : 2}-of-00002.safetensors` }));
  const cases: [unknown, RegExp][] = [
    [{ x: "../model.safetensors" }, /The file of tensor "x" .*, found "..\/model.safetensors"/],
    [{ x: "model-00001-of-00002.safetensors" }, /Tensor "x" is missing in model-00001/],
    [{}, /Tensor "embeddings.word_embeddings.weight" is missing/],
    [null, /weight_map must be an object/],
  ];
  for (const [map, message] of cases) {
    await edit(index, (json) => json.weight_map = map);
    await assert.rejects(loadEncoder(folder), message);
  }
});

Deno.test("the maximum length is read from every file that can set it", async () => {
  const cases: [string, string, (json: Record<string, unknown>) => void, number][] = [
    ["bert", "sentence_bert_config.json", (c) => c.max_seq_length = 12, 12],
    ["bert", "sentence_bert_config.json", (c) => c.processing_kwargs = { text: { max_length: 8 } }, 8],
    ["bert", "tokenizer_config.json", (c) => c.model_max_length = 1e30, 40],
    ["static", "tokenizer.json", (c) => c.truncation = { direction: "Right", max_length: 4 }, 4],
    ["static", "tokenizer.json", () => {}, Infinity],
  ];
  for (const name of ["roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet"]) {
    cases.push(["bert", `sentence_${name}_config.json`, (c) => c.max_seq_length = 12, 12]);
  }
  for (const [name, file, change, wanted] of cases) {
    const folder = await copyOf(name);
    if (/^sentence_(?!bert)/.test(file)) await Deno.remove(join(folder, "sentence_bert_config.json"));
    await edit(join(folder, file), change);
    const { parts } = await loadEncoder(folder) as TransformerEncoder;
    assert.equal(parts.tokenizer.maxLength, wanted, file);
  }
});

Deno.test("truncateDim keeps the first numbers of each vector, in training too, and is saved", async () => {
  const folder = join(FIXTURES, "bert");
  const wanted = await vectors(folder);
  const encoder = await loadEncoder(folder, { truncateDim: 5 });
  assert.equal(encoder.dimension, 5);
  const found = (await encoder.encode(TEXTS, { kind: "query" })).data;
  found.forEach((x, i) => assert.equal(x, wanted[32 * Math.floor(i / 5) + i % 5]));
  assert.equal(encoder.unit, false);
  assert.deepEqual(encoder.forward(new Graph()).shape[1], 5);
  const saved = join(await Deno.makeTempDir(), "saved");
  await encoder.save(saved);
  assert.deepEqual(await vectors(saved), found);
  assert.notEqual(encoder.fingerprint("query"), (await loadEncoder(folder)).fingerprint("query"));
  for (const truncateDim of [0, 1.5, 33]) {
    await assert.rejects(loadEncoder(folder, { truncateDim }), /truncate_dim must be from 1 to 32/);
  }
  await assert.rejects(loadEncoder(join(FIXTURES, "static"), { truncateDim: 3 }), /truncateDim needs a transformer/);
});

Deno.test("a padding token within a text takes the padding position and does not count", async () => {
  const { parts } = await loadEncoder(join(FIXTURES, "roberta")) as TransformerEncoder;
  assert.equal(parts.shape.firstPosition, 2);
  const feeds = packedFeeds([[Int32Array.of(0, 5, 1, 6, 2), Int32Array.of(0, 2)]], parts.shape, ["mean"]);
  assert.deepEqual([...feeds.positions.data], [2, 3, 1, 4, 5, 2, 3]);
  const mpnet = await copyOf("mpnet");
  await edit(join(mpnet, "config.json"), (config) => config.pad_token_id = 0);
  assert.deepEqual(await vectors(mpnet), await vectors(join(FIXTURES, "mpnet")));
});

Deno.test("a prompt named passage is not used for documents, as in sentence-transformers, and a warning says so", async () => {
  const folder = await copyOf("bert");
  await edit(join(folder, "config_sentence_transformers.json"), (c) => {
    c.prompts = { query: "ask: ", passage: "say: " };
  });
  const [said, warn] = [[] as string[], console.warn];
  console.warn = (message: string) => void said.push(message);
  try {
    const { parts } = await loadEncoder(folder) as TransformerEncoder;
    assert.deepEqual(parts.prompts, { query: "ask: ", document: "" });
    await loadEncoder(folder, { prompts: { document: "say: " } });
  } finally {
    console.warn = warn;
  }
  assert.equal(said.length, 1);
  assert.match(said[0], /the prompt "passage" \("say: "\) is not used for documents.*--document-prompt/);
});

Deno.test("prompts: undefined means the folder's; pooling without prompt tokens is refused", async () => {
  const folder = await copyOf("bert");
  await edit(join(folder, "config_sentence_transformers.json"), (c) => {
    Object.assign(c, { prompts: { query: "ask: ", task: "say: " }, default_prompt_name: "task" });
  });
  const { parts } = await loadEncoder(folder, { prompts: { query: undefined } }) as TransformerEncoder;
  assert.deepEqual(parts.prompts, { query: "ask: ", document: "" });
  await edit(join(folder, "1_Pooling", "config.json"), (c) => c.include_prompt = false);
  await assert.rejects(loadEncoder(folder), /include_prompt is false/);
  await loadEncoder(folder, { prompts: { query: "" } });
  await assert.rejects(loadEncoder(folder, { prompts: { query: "", document: "d: " } }), /include_prompt is false/);
});
