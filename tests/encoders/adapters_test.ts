import assert from "node:assert/strict";
import { join } from "node:path";
import { loadEncoder, type TransformerEncoder } from "../../lib/encoders/mod.ts";
import { edit, FIXTURES, gradientSession, parameterFeeds, TEXTS } from "./fixtures.ts";

/** What peft computes with PyTorch: see make_adapters.py. */
interface Reference {
  readonly texts: string[];
  readonly vectors: number[][];
  readonly training: { rate: number; weights: number[][]; losses: number[]; vectors: number[][] };
}

const ADAPTERS = join(FIXTURES, "adapters");
const prompts = { query: "", document: "" };

async function load(name: string, adapter?: string): Promise<TransformerEncoder> {
  return await loadEncoder(join(FIXTURES, name), { prompts, adapter }) as TransformerEncoder;
}

async function near(encoder: TransformerEncoder, texts: string[], wanted: number[][] | Float32Array, limit = 1e-5) {
  const { data } = await encoder.encode(texts, { kind: "query" });
  const flat = wanted instanceof Float32Array ? wanted : wanted.flat();
  assert.equal(data.length, flat.length);
  data.forEach((x, i) => assert.ok(Math.abs(x - flat[i]) < limit, `number ${i}: ${x} against ${flat[i]}`));
}

for (const name of ["bert", "qwen3"]) {
  Deno.test(`${name}: vectors and 20 steps of an adapter are those of peft, within 1e-5`, async () => {
    const file = join(ADAPTERS, name, "reference.json");
    const { texts, vectors, training } = JSON.parse(Deno.readTextFileSync(file)) as Reference;
    const encoder = await load(name, join(ADAPTERS, name));
    await near(encoder, texts, vectors);
    const before = structuredClone([...encoder.parameters.values()].filter(({ frozen }) => frozen));
    const session = await gradientSession(encoder);
    const batch = encoder.tokenize(texts.map((text) => ({ text, kind: "document" })));
    const weights = { data: Float32Array.from(training.weights.flat()), shape: [texts.length, encoder.dimension] };
    for (const wanted of training.losses) {
      const result = await session.run({ ...parameterFeeds(encoder, batch), ...batch.feeds, weights });
      const loss = result.loss.data[0] as number;
      assert.ok(Math.abs(loss - wanted) < 1e-5 * Math.max(1, Math.abs(wanted)), `${loss} against ${wanted}`);
      for (const { name, data, frozen } of encoder.parameters.values()) {
        const gradient = result[`d ${name}`].data as Float32Array;
        if (!frozen) data.forEach((_, i) => data[i] -= training.rate * gradient[i]);
      }
    }
    encoder.invalidate();
    await near(encoder, texts, training.vectors);
    assert.deepEqual([...encoder.parameters.values()].filter(({ frozen }) => frozen), before);
    await session.dispose();
    await encoder.dispose();
  });

  Deno.test(`${name}: an adapter merged, saved alone and saved in the weights gives the same vectors`, async () => {
    const root = await Deno.makeTempDir();
    const encoder = await load(name, join(ADAPTERS, name));
    const wanted = (await encoder.encode(TEXTS, { kind: "query" })).data;
    await encoder.saveAdapter(join(root, "adapter"), { base: name });
    await encoder.save(join(root, "whole"));
    await near(await load(name, join(root, "adapter")), TEXTS, wanted, 1e-7);
    await near(await loadEncoder(join(root, "whole"), { prompts }) as TransformerEncoder, TEXTS, wanted, 1e-7);
    const fingerprint = encoder.fingerprint("query");
    encoder.merge();
    assert.ok([...encoder.parameters].every(([name, { frozen }]) => !frozen && !name.includes("lora")));
    await near(encoder, TEXTS, wanted, 1e-7);
    assert.notEqual(encoder.fingerprint("query"), fingerprint);
    const plain = (await (await load(name)).encode(TEXTS, { kind: "query" })).data;
    assert.ok(plain.some((x, i) => Math.abs(x - wanted[i]) > 1e-2), "the adapter matters");
  });
}

Deno.test("a new adapter changes no vector, has the chosen matrices, and drops in training alone", async () => {
  const plain = await load("modernbert");
  const wanted = (await plain.encode(TEXTS, { kind: "query" })).data;
  const shapes = (encoder: TransformerEncoder) =>
    Object.fromEntries(
      [...encoder.parameters.values()].filter(({ frozen }) => !frozen).map(({ name, shape }) => [name, shape]),
    );
  const encoder = await load("modernbert");
  encoder.adapt({ rank: 3, targets: ["Wqkv", "mlp.Wo"], seed: 1 });
  await near(encoder, TEXTS, wanted, 1e-7);
  assert.deepEqual(
    shapes(encoder),
    Object.fromEntries([0, 1, 2, 3].flatMap((i) => [
      [`layer.${i}.attention.qkv.lora_A`, [3, 16]],
      [`layer.${i}.attention.qkv.lora_B`, [48, 3]],
      [`layer.${i}.ffn.out.lora_A`, [3, 24]],
      [`layer.${i}.ffn.out.lora_B`, [16, 3]],
    ])),
  );
  const other = await load("modernbert");
  other.adapt({ rank: 3, targets: ["Wqkv", "mlp.Wo"], seed: 2 });
  assert.notDeepEqual([...other.parameters.values()].at(-2)!.data, [...encoder.parameters.values()].at(-2)!.data);
  const losses: number[][] = [];
  for (const dropout of [0, 0.5]) {
    const dropping = await load("bert");
    dropping.adapt({ dropout, alpha: 4 });
    for (const { name, data } of dropping.parameters.values()) if (name.endsWith("lora_B")) data.fill(0.1);
    const session = await gradientSession(dropping);
    const found = [];
    for (const seed of [1, 1, 2]) {
      const batch = dropping.tokenize(TEXTS.map((text) => ({ text, kind: "query" })), { seed });
      const weights = { data: Float32Array.from({ length: 3 * 32 }, (_, i) => Math.sin(i)), shape: [3, 32] };
      const { loss } = await session.run({ ...parameterFeeds(dropping, batch), ...batch.feeds, weights });
      found.push(loss.data[0] as number);
    }
    losses.push(found);
    await session.dispose();
  }
  assert.equal(losses[0][0], losses[0][2]);
  assert.equal(losses[1][0], losses[1][1]);
  assert.notEqual(losses[1][0], losses[1][2]);
  assert.notEqual(losses[1][0], losses[0][0]);
});

Deno.test("adapters that are not computed, or fit nothing, are refused by name", async () => {
  const encoder = await load("bert");
  assert.throws(() => encoder.adapt({ rank: 0 }), /rank must be an integer >= 1, found 0/);
  assert.throws(() => encoder.adapt({ alpha: -1 }), /alpha must be a number > 0, found -1/);
  assert.throws(() => encoder.adapt({ dropout: 1 }), /dropout must be a number >= 0 and < 1, found 1/);
  assert.throws(() => encoder.adapt({ targets: ["qury"] }), /Target "qury" fits no matrix: did you mean "query"/);
  assert.throws(() => encoder.adapt({ targets: [] }), /at least one matrix/);
  await assert.rejects(encoder.saveAdapter(await Deno.makeTempDir()), /it has none/);
  const cases: [string, unknown, RegExp][] = [
    ["peft_type", "IA3", /"IA3", wanted "LORA"/],
    ["use_dora", true, /true, wanted false.*use_dora/],
    ["bias", "all", /"all", wanted "none"/],
    ["modules_to_save", ["pooler"], /modules_to_save/],
    ["rank_pattern", { query: 4 }, /rank_pattern by layer/],
    ["r", 5, /shape \[5,32\], found \[2,32\]/],
  ];
  for (const [field, value, message] of cases) {
    const folder = await Deno.makeTempDir();
    for (const file of ["adapter_config.json", "adapter_model.safetensors"]) {
      await Deno.copyFile(join(ADAPTERS, "bert", file), join(folder, file));
    }
    await edit(join(folder, "adapter_config.json"), (config) => config[field] = value);
    await assert.rejects(load("bert", folder), message);
  }
  await assert.rejects(load("roberta", join(ADAPTERS, "qwen3")), /fits no matrix of the encoder/);
  await assert.rejects(load("static", join(ADAPTERS, "bert")), /adapter needs a transformer/);
  const taken = await load("bert", join(ADAPTERS, "bert"));
  assert.throws(() => taken.adapt(), /it has one/);
});
