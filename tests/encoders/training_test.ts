import assert from "node:assert/strict";
import { join } from "node:path";
import { random } from "../../lib/core/mod.ts";
import { loadEncoder, staticEncoder, type TrainableEncoder, transformerEncoder } from "../../lib/encoders/mod.ts";
import { FIXTURES, gradientSession, NAMES, parameterFeeds, TEXTS } from "./fixtures.ts";

const inputs = TEXTS.map((text, i) => ({ text, kind: i === 0 ? "query" as const : "document" as const }));

async function everyEncoder(): Promise<[string, TrainableEncoder][]> {
  const fresh: [string, TrainableEncoder][] = [
    ["static from scratch", staticEncoder(TEXTS, { seed: 3, dimension: 16 })],
    ["transformer from scratch", transformerEncoder(TEXTS, { seed: 3, width: 32, layers: 1, maxLength: 32 })],
  ];
  const loaded = NAMES.map(async (name) =>
    [name, await loadEncoder(join(FIXTURES, name))] as [string, TrainableEncoder]
  );
  return [...fresh, ...await Promise.all(loaded)];
}

function weights(encoder: TrainableEncoder): { data: Float32Array; shape: number[] } {
  const draw = random("weights");
  const data = Float32Array.from({ length: TEXTS.length * encoder.dimension }, () => draw.normal());
  return { data, shape: [TEXTS.length, encoder.dimension] };
}

Deno.test("forward equals encode, normalized", async () => {
  for (const [name, encoder] of await everyEncoder()) {
    const session = await gradientSession(encoder);
    const batch = encoder.tokenize(inputs);
    const result = await session.run({ ...parameterFeeds(encoder, batch), ...batch.feeds, weights: weights(encoder) });
    for (const [i, { text, kind }] of inputs.entries()) {
      const { data, dimension } = await encoder.encode([text], { kind });
      const norm = Math.hypot(...data);
      for (let j = 0; j < dimension; j++) {
        const found = (result.embeddings.data as Float32Array)[i * dimension + j];
        assert.ok(Math.abs(found - data[j] / norm) < 2e-6, `${name}, text ${i}: ${found} against ${data[j] / norm}`);
      }
    }
    await session.dispose();
    await encoder.dispose();
  }
});

Deno.test("gradients of every parameter equal central differences, with padding and repeated tokens", async () => {
  for (const [name, encoder] of await everyEncoder()) {
    // Its pooling takes greatest numbers, which jump; training_parity_test.ts compares its gradients with PyTorch's.
    if (name === "electra") continue;
    const session = await gradientSession(encoder);
    const batch = encoder.tokenize(inputs);
    const fixed = { ...batch.feeds, weights: weights(encoder) };
    const feeds = parameterFeeds(encoder, batch);
    const first = await session.run({ ...feeds, ...fixed });
    const draw = random("places");
    for (const parameter of encoder.parameters.keys()) {
      const { data } = feeds[parameter];
      const gradient = first[`d ${parameter}`].data as Float32Array;
      const scale = Math.hypot(...gradient) / Math.sqrt(gradient.length);
      for (let i = 0; i < 4; i++) {
        const at = draw.integer(data.length);
        const before = data[at] as number;
        const side = async (step: number) => {
          data[at] = before + step;
          // Summed here in 64-bit floats: the graph's sum has too few digits for a difference.
          const { embeddings } = await session.run({ ...feeds, ...fixed }, { only: ["embeddings"] });
          return (embeddings.data as Float32Array).reduce((sum, x, j) => sum + x * fixed.weights.data[j], 0);
        };
        const step = 1e-3; // Short, for the kinks of ReLU.
        const numeric = (await side(step) - await side(-step)) / (2 * step);
        data[at] = before;
        const error = Math.abs(numeric - gradient[at]);
        assert.ok(
          error < 0.02 * Math.abs(numeric) + 0.03 * scale + 5e-4,
          `${name}, ${parameter}[${at}]: gradient ${gradient[at]}, difference ${numeric}`,
        );
      }
    }
    await session.dispose();
    await encoder.dispose();
  }
});

Deno.test("a step against the gradient lowers the loss, for every encoder", async () => {
  for (const [name, encoder] of await everyEncoder()) {
    const session = await gradientSession(encoder);
    const batch = encoder.tokenize(inputs);
    const run = () => session.run({ ...parameterFeeds(encoder, batch), ...batch.feeds, weights: weights(encoder) });
    const before = await run();
    const fingerprint = encoder.fingerprint("query");
    for (const [parameter, { data, shape }] of encoder.parameters) {
      const gradient = before[`d ${parameter}`].data as Float32Array;
      const rows = batch.rows.get(parameter);
      const width = rows ? shape[1] : data.length;
      (rows ?? [0]).forEach((row, i) => {
        for (let j = 0; j < width; j++) data[row * width + j] -= 1e-3 * gradient[i * width + j];
      });
    }
    encoder.invalidate();
    const after = await run();
    assert.ok((after.loss.data[0] as number) < (before.loss.data[0] as number), name);
    assert.notEqual(encoder.fingerprint("query"), fingerprint, `${name}: the fingerprint follows the weights`);
    await session.dispose();
    await encoder.dispose();
  }
});

Deno.test("the same seed gives the same bytes on two threads, dropout included", async () => {
  for (const name of ["bert", "mpnet", "static"]) {
    const encoder = await loadEncoder(join(FIXTURES, name));
    const many = Array.from(
      { length: 40 },
      (_, i) => ({ text: TEXTS[i % 3].repeat(1 + i % 2), kind: "query" as const }),
    );
    const shape = [many.length, encoder.dimension];
    const ones = { data: new Float32Array(many.length * encoder.dimension).fill(1), shape };
    const results: Float32Array[][] = [];
    for (const seed of [1, 1, 2]) {
      const session = await gradientSession(encoder, { threads: 2, dropout: 0.2 });
      const batch = encoder.tokenize(many, { dropout: 0.2, seed });
      const result = await session.run({ ...parameterFeeds(encoder, batch), ...batch.feeds, weights: ones });
      results.push(Object.values(result).map(({ data }) => data as Float32Array));
      await session.dispose();
    }
    assert.deepEqual(results[0], results[1], name);
    assert.notDeepEqual(results[0], results[2], `${name}: another seed drops others`);
    await encoder.dispose();
  }
});

Deno.test("MiniLM: a fine-tuning step lowers the loss", async (t) => {
  const folder = Deno.env.get("SYNEG_TEST_ENCODER");
  if (!folder) return console.log(`skipped ${t.name}: SYNEG_TEST_ENCODER names no folder of all-MiniLM-L6-v2`);
  const encoder = await loadEncoder(folder);
  const session = await gradientSession(encoder, { threads: 2 });
  const batch = encoder.tokenize(inputs);
  const run = () => session.run({ ...parameterFeeds(encoder, batch), ...batch.feeds, weights: weights(encoder) });
  const before = await run();
  for (const [name, { data, sparse }] of encoder.parameters) {
    if (sparse) continue;
    const gradient = before[`d ${name}`].data as Float32Array;
    for (let i = 0; i < data.length; i++) data[i] -= 1e-4 * gradient[i];
  }
  const after = await run();
  assert.ok((after.loss.data[0] as number) < (before.loss.data[0] as number));
  await session.dispose();
  await encoder.dispose();
});
