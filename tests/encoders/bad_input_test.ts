import assert from "node:assert/strict";
import { join } from "node:path";
import { loadEncoder, Safetensors, staticEncoder, Tokenizer, writeSafetensors } from "../../lib/encoders/mod.ts";
import { copyOf, edit, FIXTURES } from "./fixtures.ts";

function withHeader(header: unknown, bytes = 16): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + bytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

Deno.test("broken safetensors are refused with file and tensor", async () => {
  const file = join(await Deno.makeTempDir(), "model.safetensors");
  const tensor = (fields: Record<string, unknown>) => ({
    x: { dtype: "F32", shape: [4], data_offsets: [0, 16], ...fields },
  });
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(3), /at least 8 bytes, found 3/],
    [new Uint8Array(8).fill(255), /claims 18446744073709551615 bytes/],
    [withHeader("{nonsense"), /not JSON/],
    [withHeader("[]"), /not a JSON object/],
    [withHeader(tensor({ data_offsets: [0, 400] })), /"x" claims bytes 0 to 400, the file holds 16/],
    [withHeader(tensor({ data_offsets: [16, 0] })), /"x" claims bytes 16 to 0/],
    [withHeader(tensor({ data_offsets: [-4, 12] })), /"x" has the offsets/],
    [withHeader(tensor({ shape: [5] })), /"x" has 16 bytes, its shape \[5\] of F32 needs 20/],
    [withHeader(tensor({ shape: [1e300] })), /"x" has the shape/],
    [withHeader(tensor({ dtype: "F7" })), /"x" has the unknown type "F7"/],
    [withHeader({ ...tensor({}), y: tensor({}).x }), /"y" begins at 0, inside the previous one/],
    [withHeader({ x: null }), /"x" has the unknown type/],
  ];
  for (const [bytes, message] of cases) {
    await Deno.writeFile(file, bytes);
    assert.throws(() => Safetensors.open(file), (error: Error) => {
      assert.match(error.message, message);
      assert.ok(error.message.includes(file) && error.name === "KitError");
      return true;
    });
  }
  await Deno.writeFile(file, withHeader(tensor({ dtype: "I32" })));
  assert.throws(() => Safetensors.open(file).read("x"), /"x" must be .*, found I32/);
  assert.throws(() => Safetensors.open(join(FIXTURES, "none.safetensors")), /does not exist/);
});

Deno.test("safetensors: a written file reads back; half precision is exact", async () => {
  const file = join(await Deno.makeTempDir(), "x.safetensors");
  const data = Float32Array.of(1.5, -2, 0, 3e-8);
  await writeSafetensors(file, new Map([["b", { shape: [2, 2], data }]]), { metadata: { from: "here" } });
  const read = Safetensors.open(file);
  assert.deepEqual(read.read("b", [2, 2]), { shape: [2, 2], data });
  assert.equal(read.metadata.from, "here");
  await assert.rejects(writeSafetensors(file, new Map()), /exists/);
  const halves = (dtype: string, bits: number[]) => {
    const bytes = withHeader(
      { x: { dtype, shape: [bits.length], data_offsets: [0, 2 * bits.length] } },
      2 * bits.length,
    );
    bits.forEach((half, i) => new DataView(bytes.buffer).setUint16(bytes.length - 2 * bits.length + 2 * i, half, true));
    Deno.writeFileSync(file, bytes);
    return [...Safetensors.open(file).read("x").data];
  };
  assert.deepEqual(halves("F16", [0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x3555]), [
    1,
    -2,
    2 ** -24,
    1023 * 2 ** -24,
    65504,
    1365 / 4096,
  ]);
  assert.deepEqual(halves("BF16", [0x3f80, 0xc000, 0x4049]), [1, -2, 3.140625]);
  assert.throws(() => halves("F16", [0x3c00, 0x7e00]), /"x" must be finite, found NaN at element 1/);
});

type Case = [encoder: string, spoil: (folder: string) => Promise<void> | void, message: RegExp];

Deno.test("broken model folders are refused with tensor, file or field", async () => {
  const json = (file: string, change: (json: Record<string, unknown>) => void) => (folder: string) =>
    edit(join(folder, file), change);
  const put = (file: string, text: string) => (folder: string) => Deno.writeTextFile(join(folder, file), text);
  const modules = (...types: string[]) => put("modules.json", JSON.stringify(types.map((type) => ({ type }))));
  const cases: Case[] = [
    ["bert", json("config.json", (c) => c.model_type = "berd"), /Unknown architecture "berd": did you mean "bert"/],
    [
      "bert",
      json("config.json", (c) => c.model_type = "deberta-v2"),
      /"deberta-v2".*nearest one is "bert", which lacks/,
    ],
    [
      "qwen3",
      json("config.json", (c) => c.rope_parameters = { rope_type: "yarn" }),
      /rotary scaling type "yarn".*linear/,
    ],
    ["qwen3", json("config.json", (c) => c.rope_scaling = c.rope_parameters = { partial_rotary_factor: 0.5 }), /0.5/],
    ["qwen3", json("config.json", (c) => c.num_key_value_heads = 3), /3 heads of keys for 4 of queries/],
    ["gemma3_text", json("config.json", (c) => c.layer_types = ["local"]), /\["local"\], wanted a list of 3/],
    ["gemma3_text", json("config.json", (c) => c.attn_logit_softcapping = 30), /30.*attn_logit_softcapping/],
    ["nomic_bert", json("config.json", (c) => c.qkv_proj_bias = true), /true.*qkv_proj_bias/],
    ["modernbert", json("config.json", (c) => c.norm_bias = true), /"embeddings.norm.bias" is missing/],
    ["bert", json("config.json", (c) => c.hidden_act = "swiglu"), /Unknown activation "swiglu".*hidden_act/],
    ["bert", json("config.json", (c) => c.hidden_size = 36), /"embeddings.word_embeddings.weight" must have the shape/],
    ["bert", json("config.json", (c) => delete c.vocab_size), /Found nothing, wanted a whole number.*vocab_size/],
    ["bert", json("config.json", (c) => c.num_hidden_layers = 3), /"encoder.layer.2.*" is missing/],
    ["bert", json("config.json", (c) => c.position_embedding_type = "relative_key"), /relative_key/],
    ["bert", json("config.json", (c) => c.is_decoder = true), /Found true, wanted false.*is_decoder/],
    ["bert", json("config.json", (c) => c.model_type = "constructor"), /Unknown architecture "constructor"/],
    ["bert", json("config.json", (c) => c.hidden_act = "toString"), /Unknown activation "toString"/],
    ["bert", json("tokenizer_config.json", (c) => c.truncation_side = "left"), /Found "left", wanted "right"/],
    ["bert", json("sentence_bert_config.json", (c) => c.max_seq_length = "12"), /Found "12".*max_seq_length/],
    ["bert", json("sentence_bert_config.json", (c) => c.max_seq_length = 0), /Found 0.*max_seq_length/],
    [
      "bert",
      json("config_sentence_transformers.json", (c) => c.truncate_dim = 33),
      /truncate_dim must be from 1 to 32.*33/,
    ],
    ["static", json("config_sentence_transformers.json", (c) => c.truncate_dim = 8), /Found 8.*truncate_dim/],
    ["bert", json("config_sentence_transformers.json", (c) => c.prompts = []), /Found a list.*"prompts"/],
    [
      "bert",
      modules("Transformer", "Normalize", "Pooling"),
      /module after Transformer must be Pooling, found Normalize/,
    ],
    [
      "bert",
      modules("Transformer", "Pooling", "Normalize", "Dense"),
      /module after Normalize must be none, found Dense/,
    ],
    [
      "bert",
      modules("Transformer", "Pooling", "Pooling"),
      /module after Pooling must be Dense or Normal.*, found Pooling/,
    ],
    ["bert", modules("Pooling"), /module at the beginning must be Transformer.*, found Pooling/],
    ["bert", modules("Transformer"), /module after Transformer must be Pooling, found none/],
    ["static", modules("StaticEmbedding", "Dense"), /module after StaticEmbedding must be Normalize, found Dense/],
    ["bert", json("2_Normalize/config.json", (c) => c.module_input_name = "token_embeddings"), /"token_embeddings"/],
    ["distilbert", json("2_Dense/config.json", (c) => c.module_output_name = "other"), /"other".*module_output_name/],
    ["distilbert", json("2_Dense/config.json", (c) => c.use_residual = true), /wanted false.*use_residual/],
    ["static", json("tokenizer.json", (c) => c.truncation = { direction: "Left", max_length: 4 }), /Found "Left"/],
    ...["config.json", "modules.json", "tokenizer_config.json", "sentence_bert_config.json", "1_Pooling/config.json"]
      .map(
        (file) => ["bert", put(file, "null"), /Found null, wanted an object|must be a list of modules/] as Case,
      ),
    ["bert", put("modules.json", "[null]"), /Found null, wanted an object.*modules.json/],
    ["bert", json("1_Pooling/config.json", (c) => c.pooling_mode = "median"), /Pooling must be .*, found median/],
    ["bert", json("1_Pooling/config.json", (c) => c.pooling_mode = []), /Pooling must be .*, found nothing/],
    [
      "bert",
      (f) => Deno.writeTextFile(join(f, "modules.json"), '[{"path": "../..", "type": "Transformer"}]'),
      /The path of a module/,
    ],
    [
      "bert",
      (f) => Deno.writeTextFile(join(f, "modules.json"), '[{"path": "", "type": "evil.Code"}]'),
      /Unknown module "evil.Code"/,
    ],
    ["bert", (f) => Deno.writeTextFile(join(f, "config.json"), "{"), /Cannot read a model's settings.*config.json/],
    ["bert", (f) => Deno.remove(join(f, "tokenizer.json")), /Found no tokenizer\.json/],
    ["bert", (f) => Deno.writeTextFile(join(f, "tokenizer.json"), "{}"), /Cannot read a tokenizer/],
    ["bert", json("tokenizer.json", (t) => t.post_processor = null), /without special tokens.*none/],
    ["bert", (f) => Deno.truncate(join(f, "model.safetensors"), 3000), /Cannot read safetensors/],
    ["static", (f) => Deno.truncate(join(f, "model.safetensors"), 200), /Cannot read safetensors/],
  ];
  for (const [name, spoil, message] of cases) {
    const folder = await copyOf(name);
    await spoil(folder);
    await assert.rejects(loadEncoder(folder), (error: Error) => {
      assert.match(error.message, message);
      assert.match(error.name, /KitError|ArgumentError/);
      return true;
    });
  }
  await assert.rejects(loadEncoder("no/such/folder"), /no folder has this name.*no\/such\/folder/);
});

Deno.test("odd texts have defined vectors: empty, lone surrogates, a million characters", async () => {
  for (const name of ["bert", "roberta", "xlm-roberta", "static"]) {
    const encoder = await loadEncoder(join(FIXTURES, name));
    const words = "sleep and tokens ".repeat(60_000);
    const texts = ["", "\ud800", "a\udc00b", "\u0000", "x".repeat(1_000_000), words, words.slice(0, 3000)];
    const { data, dimension } = await encoder.encode(texts, { kind: "document" });
    assert.ok(data.every(Number.isFinite), name);
    const vector = (i: number) => data.slice(i * dimension, (i + 1) * dimension);
    if (name === "static") assert.ok(vector(0).every((x) => x === 0), "no tokens, a vector of zeros");
    else assert.deepEqual(vector(5), vector(6), `${name}: text beyond the maximum length does not matter`);
    await encoder.dispose();
  }
  const fresh = staticEncoder(["a b"], { seed: 1, dimension: 4 });
  await assert.rejects(
    fresh.encode([undefined as unknown as string], { kind: "query" }),
    /Text 0 .* must be a string, found undefined/,
  );
});

Deno.test("truncation keeps the special tokens", async () => {
  const tokenizer = await Tokenizer.load(join(FIXTURES, "bert"), { maxLength: 5 });
  const whole = (await Tokenizer.load(join(FIXTURES, "bert"))).encode("the lexer reads the tokens");
  const cut = tokenizer.encode("the lexer reads the tokens");
  assert.deepEqual([...cut], [...whole.slice(0, 4), whole.at(-1)]);
  await assert.rejects(Tokenizer.load(join(FIXTURES, "bert"), { maxLength: 2 }), /2 of them are special/);
});
