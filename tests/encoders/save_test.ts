import assert from "node:assert/strict";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import {
  loadEncoder,
  type StaticEncoder,
  staticEncoder,
  TransformerEncoder,
  transformerEncoder,
} from "../../lib/encoders/mod.ts";
import { copyOf, edit, FIXTURES, NAMES, TEXTS } from "./fixtures.ts";

for (const name of [...NAMES, "from scratch"]) {
  Deno.test(`${name}: a saved encoder gives the same vectors, reloaded and in plain ONNX Runtime`, async () => {
    const folder = join(await Deno.makeTempDir(), "model");
    const encoder = name === "from scratch"
      ? transformerEncoder(TEXTS, { seed: 1, width: 32, layers: 1, maxLength: 24 })
      : await loadEncoder(join(FIXTURES, name));
    await encoder.save(folder, { card: "Trained on nothing; nDCG@10 0.123." });
    assert.match(await Deno.readTextFile(join(folder, "README.md")), /nDCG@10 0\.123/);
    const again = await loadEncoder(folder);
    const texts = [...TEXTS, "a <pad> within [PAD] a text"];
    const wanted = await encoder.encode(texts, { kind: "query" });
    const found = await again.encode(texts, { kind: "query" });
    assert.deepEqual(found.data, wanted.data);
    if (encoder instanceof TransformerEncoder) {
      const { tokenizer, prompts } = encoder.parts;
      const ids = texts.map((text) => tokenizer.encode(prompts.query + text));
      const length = Math.max(...ids.map((each) => each.length));
      const padded = (value: (text: Int32Array, j: number) => number) =>
        new Tensor(
          "int64",
          BigInt64Array.from(ids.flatMap((each) => Array.from({ length }, (_, j) => BigInt(value(each, j))))),
          [ids.length, length],
        );
      const session = await InferenceSession.create(join(folder, "onnx", "model.onnx"));
      const all: Record<string, Tensor> = {
        input_ids: padded((each, j) => each[j] ?? 0),
        attention_mask: padded((each, j) => j < each.length ? 1 : 0),
        token_type_ids: padded(() => 0),
      };
      const result = await session.run(Object.fromEntries(session.inputNames.map((input) => [input, all[input]])));
      const vectors = result.sentence_embedding.data as Float32Array;
      assert.deepEqual([...result.last_hidden_state.dims], [ids.length, length, encoder.parts.shape.width]);
      vectors.forEach((value, i) => {
        assert.ok(Math.abs(value - wanted.data[i]) < 1e-5, `number ${i}: ${value} against ${wanted.data[i]}`);
      });
      await session.release();
    }
    await encoder.dispose();
    await again.dispose();
  });
}

Deno.test("quantized weights have a quarter of the size and give nearly the same vectors", async () => {
  const folder = await Deno.makeTempDir();
  const encoder = staticEncoder(TEXTS, { seed: 1, dimension: 64 });
  await encoder.save(join(folder, "full"));
  await encoder.save(join(folder, "small"), { quantize: true });
  const size = (name: string) => Deno.statSync(join(folder, name, "model.safetensors")).size;
  assert.ok(size("small") < 0.35 * size("full"));
  const small = await loadEncoder(join(folder, "small"));
  const wanted = (await encoder.encode(TEXTS, { kind: "query" })).data;
  const found = (await small.encode(TEXTS, { kind: "query" })).data;
  const cosine = found.reduce((sum, x, i) => sum + x * wanted[i], 0) / TEXTS.length;
  assert.ok(cosine > 0.9995 && cosine < 1.0001, `cosine ${cosine}`);
});

Deno.test("saving replaces nothing without a request and leaves nothing incomplete", async () => {
  const parent = await Deno.makeTempDir();
  const folder = join(parent, "model");
  await Deno.mkdir(folder);
  await Deno.writeTextFile(join(folder, "mine.txt"), "keep");
  const encoder = staticEncoder(TEXTS, { seed: 1, dimension: 8 });
  await assert.rejects(encoder.save(folder), /a folder of this name exists/);
  assert.equal(await Deno.readTextFile(join(folder, "mine.txt")), "keep");
  await encoder.save(folder, { overwrite: true });
  assert.deepEqual([...Deno.readDirSync(parent)].map((entry) => entry.name), ["model"]);
  assert.ok((await loadEncoder(folder)).dimension === 8);
});

Deno.test("a saved folder is complete: float32, a tokenizer with special tokens, the length of a static encoder", async () => {
  const parent = await Deno.makeTempDir();
  const json = async (...path: string[]) => JSON.parse(await Deno.readTextFile(join(parent, ...path)));
  const old = await copyOf("roberta");
  await edit(join(old, "config.json"), (config) => config.dtype = config.torch_dtype = "float16");
  await Deno.writeTextFile(join(old, "tokenizer_config.json"), '{"model_max_length": 38}');
  await (await loadEncoder(old)).save(join(parent, "old"));
  const { dtype, torch_dtype } = await json("old", "config.json");
  assert.deepEqual([dtype, torch_dtype], ["float32", undefined]);
  assert.deepEqual(await json("old", "tokenizer_config.json"), {
    tokenizer_class: "PreTrainedTokenizerFast",
    pad_token: "<pad>",
    unk_token: "<unk>",
    cls_token: "<s>",
    sep_token: "</s>",
    mask_token: "<mask>",
    model_max_length: 38,
  });
  for (const maxLength of [3, Infinity]) {
    const folder = join(parent, `static ${maxLength}`);
    const encoder = await loadEncoder(join(FIXTURES, "static"), { maxLength });
    await encoder.save(folder);
    const again = await loadEncoder(folder) as StaticEncoder;
    assert.equal(again.parts.tokenizer.maxLength, maxLength);
    const wanted = await encoder.encode(TEXTS, { kind: "query" });
    assert.deepEqual((await again.encode(TEXTS, { kind: "query" })).data, wanted.data);
  }
  const spoilt = staticEncoder(TEXTS, { seed: 1, dimension: 8 });
  spoilt.parts.embeddings.data[5] = NaN;
  await assert.rejects(
    spoilt.save(join(parent, "spoilt")),
    /tensor "embedding.weight": it must be finite, found NaN at element 5/,
  );
});
