import assert from "node:assert/strict";
import { join } from "node:path";
import { loadEncoder, type TransformerEncoder } from "../../lib/encoders/mod.ts";
import { listCheckpoints } from "../../lib/training/checkpoints/checkpoint.ts";
import { train } from "../../lib/training/train.ts";
import type { TrainOptions } from "../../lib/training/train_options.ts";
import type { StepEvent } from "../../lib/training/events.ts";
import { all, tinyEncoder, tinyWorld, weightsOf } from "./world.ts";

const { collection, negatives } = tinyWorld();
const base: TrainOptions = {
  collection,
  negatives,
  batchSize: 6,
  inBatch: true,
  learningRate: 1e-2,
  epochs: 3,
  seed: 4,
  lora: { rank: 2, dropout: 0.1, targets: ["query", "value"] },
};

Deno.test("lora trains the adapter alone: the loss falls, the weights stay, checkpoints hold the adapter", async () => {
  const folder = await Deno.makeTempDir();
  const encoder = await tinyEncoder() as TransformerEncoder;
  const before = weightsOf(encoder);
  const events = await all(train(encoder, { ...base, folder, epochs: 8 }));
  const losses = events.filter((e): e is StepEvent => e.type === "step").map(({ loss }) => loss);
  const mean = (part: number[]) => part.reduce((a, b) => a + b) / part.length;
  assert.ok(mean(losses.slice(-4)) < 0.7 * mean(losses.slice(0, 4)), losses.join(" "));
  for (const { name, data, frozen } of encoder.parameters.values()) {
    assert.equal(name.includes("lora"), !frozen);
    if (frozen) assert.deepEqual(data, before.get(name), name);
    else assert.ok(data.some((x) => x !== 0), name);
  }
  assert.equal(encoder.parts.adapter?.names.length, 4);
  const [{ path }] = await listCheckpoints(folder);
  const weights = [...before.values()].reduce((sum, data) => sum + data.byteLength, 0);
  assert.ok((await Deno.stat(path)).size < 0.7 * weights, "without the frozen weights");
  await assert.rejects(all(train(encoder, base)), /it has one/);
  // Without the option, training goes on with the adapter that is there.
  const after = encoder.parameters.get("layer.0.attention.query.lora_B")!.data.slice();
  await all(train(encoder, { ...base, lora: undefined, steps: 1, warmup: 0 }));
  assert.notDeepEqual(encoder.parameters.get("layer.0.attention.query.lora_B")!.data, after);
});

Deno.test("a training of an adapter that was stopped resumes to the same bytes, under the same options", async () => {
  const [whole, parts] = [await tinyEncoder(), await tinyEncoder()];
  await all(train(whole, base));
  const folder = await Deno.makeTempDir();
  const abort = new AbortController();
  await assert.rejects(async () => {
    for await (const event of train(parts, { ...base, folder, signal: abort.signal })) {
      if (event.type === "step" && event.step === 4) abort.abort();
    }
  }, /Stopped training/);
  const other = { ...base, folder, resume: true, lora: { ...base.lora, dropout: 0 } };
  await assert.rejects(all(train(await tinyEncoder(), other)), /Cannot resume.*lora/);
  const again = await tinyEncoder();
  await all(train(again, { ...base, folder, resume: true }));
  assert.deepEqual(weightsOf(again), weightsOf(whole));
});

Deno.test("lora needs a transformer, and the best adapter is restored", async () => {
  await assert.rejects(all(train(await tinyEncoder("static"), base)), /lora needs a transformer, found a static/);
  await assert.rejects(all(train(await tinyEncoder(), { ...base, lora: { rank: 0 } })), /rank must be an integer/);
  const unknown = { ranks: 2 } as unknown as TrainOptions["lora"];
  await assert.rejects(all(train(await tinyEncoder(), { ...base, lora: unknown })), /ranks/);
  const encoder = await tinyEncoder() as TransformerEncoder;
  let at: Float32Array | undefined;
  const evaluate = {
    every: 2,
    measure: "m",
    run: (_: unknown, { step }: { step: number }) => {
      if (step === 4) at = encoder.parameters.get("layer.1.attention.value.lora_A")!.data.slice();
      return Promise.resolve({ m: step === 4 ? 1 : 0 });
    },
  };
  await all(train(encoder, { ...base, evaluate }));
  assert.deepEqual(encoder.parameters.get("layer.1.attention.value.lora_A")!.data, at);
  const root = await Deno.makeTempDir();
  await encoder.saveAdapter(join(root, "adapter"));
  const fixture = join(import.meta.dirname!, "..", "fixtures", "encoders", "bert");
  const loaded = await loadEncoder(fixture, { adapter: join(root, "adapter") });
  assert.deepEqual(
    (await loaded.encode(["sleep and tokens"], { kind: "query" })).data,
    (await encoder.encode(["sleep and tokens"], { kind: "query" })).data,
  );
});
