import assert from "node:assert/strict";
import { join } from "node:path";
import { loadEncoder } from "../../lib/encoders/mod.ts";
import { FIXTURES, gradientSession, parameterFeeds } from "./fixtures.ts";

/** What sentence-transformers computes with PyTorch: see make_architectures.py. */
interface Reference {
  readonly texts: string[];
  readonly training: {
    readonly rate: number;
    readonly weights: number[][];
    readonly losses: number[];
    readonly vectors: number[][];
  };
}

for (const name of ["electra", "modernbert", "nomic_bert", "qwen3", "gemma3_text"]) {
  Deno.test(`${name}: 20 steps of training are those of PyTorch, within 1e-5`, async () => {
    const { texts, training } = JSON.parse(Deno.readTextFileSync(join(FIXTURES, name, "reference.json"))) as Reference;
    const encoder = await loadEncoder(join(FIXTURES, name));
    const session = await gradientSession(encoder);
    const batch = encoder.tokenize(texts.map((text, i) => ({ text, kind: i === 0 ? "query" : "document" })));
    const weights = {
      data: Float32Array.from(training.weights.flat()),
      shape: [texts.length, encoder.dimension],
    };
    for (const [i, wanted] of training.losses.entries()) {
      const result = await session.run({ ...parameterFeeds(encoder, batch), ...batch.feeds, weights });
      const loss = result.loss.data[0] as number;
      assert.ok(Math.abs(loss - wanted) < 1e-5 * Math.max(1, Math.abs(wanted)), `step ${i}: ${loss} against ${wanted}`);
      for (const [parameter, { data, shape }] of encoder.parameters) {
        const gradient = result[`d ${parameter}`].data as Float32Array;
        const rows = batch.rows.get(parameter);
        const width = rows ? shape[1] : data.length;
        (rows ?? [0]).forEach((row, place) => {
          for (let j = 0; j < width; j++) data[row * width + j] -= training.rate * gradient[place * width + j];
        });
      }
    }
    encoder.invalidate();
    const plain = await loadEncoder(join(FIXTURES, name), { prompts: { query: "", document: "" } });
    for (const [parameter, { data }] of encoder.parameters) plain.parameters.get(parameter)!.data.set(data);
    plain.invalidate();
    const { data } = await plain.encode(texts, { kind: "query" });
    const scale = Math.max(1, ...training.vectors.flat().map(Math.abs));
    training.vectors.flat().forEach((wanted, i) => {
      assert.ok(Math.abs(data[i] - wanted) < 1e-5 * scale, `number ${i}: ${data[i]} against ${wanted}`);
    });
    await session.dispose();
    await encoder.dispose();
    await plain.dispose();
  });
}
