import assert from "node:assert/strict";
import { join } from "node:path";
import { CrossEncoder, loadCrossEncoder, type TextPair } from "../../lib/encoders/mod.ts";
import { longestFirst } from "../../lib/encoders/tokenizer/pair_marks.ts";
import { crossEncoderFolder, type Reference } from "./cross_encoder_fixture.ts";
import { edit, FIXTURES } from "./fixtures.ts";

const NAMES = ["bert", "roberta", "xlm-roberta", "distilbert", "mpnet", "electra", "modernbert", "nomic_bert"];

const pairsOf = ({ pairs }: Reference): TextPair[] => pairs.map(([query, document]) => ({ query, document }));

for (const name of NAMES) {
  Deno.test(`${name}: tokens and scores of pairs are those of sentence-transformers`, async () => {
    const { folder, reference } = await crossEncoderFolder(name);
    const encoder = await loadCrossEncoder(folder);
    for (const [i, [query, document]] of reference.pairs.entries()) {
      const { ids, types } = encoder.parts.tokenizer.encodePair(query, document);
      assert.deepEqual([...ids], reference.ids[i], `pair ${i}`);
      assert.deepEqual([...types], reference.types[i], `pair ${i}`);
    }
    const scores = await encoder.score(pairsOf(reference));
    reference.scores.forEach((wanted, i) => {
      assert.ok(Math.abs(scores[i] - wanted) < 1e-5, `pair ${i}: ${scores[i]} against ${wanted}`);
    });
    await encoder.dispose();
  });
}

Deno.test("a score depends on the pair's order and on nothing else, and the fingerprint on what decides it", async () => {
  const { folder, reference } = await crossEncoderFolder("bert");
  const [encoder, short] = [await loadCrossEncoder(folder), await loadCrossEncoder(folder, { maxLength: 12 })];
  const pairs = pairsOf(reference);
  const [all, first] = [await encoder.score(pairs), await encoder.score([pairs[1], pairs[1], pairs[0]])];
  [all[1], all[1], all[0]].forEach((wanted, i) => assert.ok(Math.abs(first[i] - wanted) < 1e-6));
  assert.ok(Math.abs(all[1] - all[2]) > 1e-4, "query and document are told apart");
  assert.notEqual((await short.score(pairs))[3], all[3]);
  assert.notEqual(short.fingerprint(), encoder.fingerprint());
  assert.equal((await loadCrossEncoder(folder)).fingerprint(), encoder.fingerprint());
  const controller = new AbortController();
  controller.abort();
  await assert.rejects(encoder.score(pairs, { signal: controller.signal }), /cancelled|Cancelled/);
  await assert.rejects(encoder.score([{ query: "a" } as TextPair]), /Pair 0 .*must have a query and a document/);
  await encoder.dispose();
  await short.dispose();
});

Deno.test("the activation comes from the three places that folders name it in, else it is the logistic function", async () => {
  const { folder, reference } = await crossEncoderFolder("roberta");
  const [pair] = pairsOf(reference);
  const file = (name: string) => join(folder, name);
  const value = async () => (await (await loadCrossEncoder(folder)).score([pair]))[0];
  const logit = await value();
  const near = (found: number, wanted: number) => assert.ok(Math.abs(found - wanted) < 1e-6, `${found}, ${wanted}`);
  const sigmoid = 1 / (1 + Math.exp(-logit));
  await edit(file("config_sentence_transformers.json"), (c) => delete c.activation_fn);
  near(await value(), sigmoid);
  await edit(file("config.json"), (c) => c.sbert_ce_default_activation_function = "torch.nn.modules.linear.Identity");
  near(await value(), logit);
  await edit(file("config.json"), (c) => c.sentence_transformers = { activation_fn: "torch.nn.Tanh" });
  near(await value(), Math.tanh(logit));
});

Deno.test("folders that are no cross-encoders are refused, naming what is missing", async () => {
  const { folder } = await crossEncoderFolder("bert");
  const cases: [string, (json: Record<string, unknown>) => void, RegExp][] = [
    ["config.json", (c) => c.architectures = ["BertModel"], /ForSequenceClassification, found \["BertModel"\]/],
    ["config.json", (c) => c.id2label = { 0: "a", 1: "b", 2: "c" }, /one label, found 3/],
    ["config.json", (c) => delete c.id2label, /one label, found 2/],
    ["config.json", (c) => c.model_type = "qwen3", /architecture "qwen3": wanted bert/],
    ["config_sentence_transformers.json", (c) => c.activation_fn = "torch.nn.Mish", /activation "torch.nn.Mish"/],
  ];
  for (const [name, spoil, message] of cases) {
    const copy = await Deno.makeTempDir();
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.includes("_Pooling") && !name.includes("_Normalize")) {
        await Deno.copyFile(join(folder, name), join(copy, name));
      }
    }
    await edit(join(copy, name), spoil);
    await assert.rejects(loadCrossEncoder(copy), message);
  }
  await assert.rejects(
    loadCrossEncoder(join(FIXTURES, "bert")),
    /module Transformer alone, found Transformer, Pooling/,
  );
  await assert.rejects(loadCrossEncoder(folder, { maxLength: 41 }), /maxLength must be from 1 to 40.*found 41/);
});

Deno.test("two texts are shortened longest first, as the Rust library does", () => {
  const cases: [number, number, number, number, number][] = [
    [3, 4, 10, 3, 4],
    [3, 20, 10, 3, 7],
    [20, 3, 10, 7, 3],
    [20, 30, 10, 5, 5],
    [20, 30, 11, 5, 6],
    [30, 20, 11, 6, 5],
    [0, 20, 10, 0, 10],
    [9, 9, 10, 5, 5],
  ];
  for (const [a, b, room, first, second] of cases) assert.deepEqual(longestFirst([a, b], room), [first, second]);
});

Deno.test("a cross-encoder says what it is", async () => {
  const { folder } = await crossEncoderFolder("electra");
  const encoder = await loadCrossEncoder(folder, { name: "mine" });
  assert.ok(encoder instanceof CrossEncoder);
  assert.deepEqual([encoder.kind, encoder.name], ["cross-encoder", "mine"]);
  assert.deepEqual([...await encoder.score([])], []);
});
