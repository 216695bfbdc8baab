import assert from "node:assert/strict";
import { join } from "node:path";
import { loadEncoder, Safetensors } from "../../lib/encoders/mod.ts";
import { copyOf, FIXTURES } from "./fixtures.ts";

/** Writes a safetensors file with tensors of any type. */
async function write(file: string, tensors: Record<string, [dtype: string, shape: number[], data: ArrayBufferView]>) {
  let end = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, [dtype, shape, { byteLength }]]) => [
      name,
      { dtype, shape, data_offsets: [end, end += byteLength] },
    ]),
  );
  const text = new TextEncoder().encode(
    JSON.stringify(header).padEnd(8 * Math.ceil(JSON.stringify(header).length / 8)),
  );
  const length = new Uint8Array(new BigUint64Array([BigInt(text.length)]).buffer);
  const parts = Object.values(tensors).map(([, , view]) =>
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  );
  await Deno.writeFile(file, new Uint8Array([...length, ...text, ...parts.flatMap((part) => [...part])]));
}

const table = Safetensors.open(join(FIXTURES, "static", "model.safetensors")).read("embedding.weight");
const [count, width] = table.shape;
const rowOf = Array.from({ length: count }, (_, token) => Math.floor(token / 3));
const factors = Array.from({ length: count }, (_, token) => 0.5 + token / count);

for (const [mapping, weights] of [[true, false], [false, true], [true, true]]) {
  Deno.test(`model2vec's tensors are folded into rows of tokens: mapping ${mapping}, weights ${weights}`, async () => {
    const folder = await copyOf("static");
    const file = join(folder, "model.safetensors");
    await write(file, {
      embeddings: ["F32", [count, width], table.data],
      ...(mapping ? { mapping: ["I64", [count], BigInt64Array.from(rowOf, BigInt)] } : {}),
      ...(weights ? { weights: ["F64", [count], Float64Array.from(factors)] } : {}),
    });
    const found = (await loadEncoder(folder)).parameters.get("embeddings.word")!;
    assert.deepEqual(found.shape, [count, width]);
    found.data.forEach((x, i) => {
      const token = Math.floor(i / width);
      const row = mapping ? rowOf[token] : token;
      const wanted = (weights ? factors[token] : 1) * table.data[row * width + i % width];
      assert.ok(Math.abs(x - wanted) < 1e-6, `number ${i}`);
    });
  });
}

Deno.test("model2vec's tensors that do not fit each other are refused", async () => {
  const folder = await copyOf("static");
  const file = join(folder, "model.safetensors");
  const embeddings: [string, number[], ArrayBufferView] = ["F32", [count, width], table.data];
  await write(file, { embeddings, mapping: ["I32", [2], Int32Array.of(0, count)] });
  await assert.rejects(loadEncoder(folder), new RegExp(`"mapping" must name rows below ${count}, found ${count}`));
  await write(file, { embeddings, weights: ["F32", [2], Float32Array.of(1, 1)] });
  await assert.rejects(loadEncoder(folder), /"weights" must have the shape/);
  await write(file, { embeddings, mapping: ["F32", [2], Float32Array.of(1, 1)] });
  await assert.rejects(loadEncoder(folder), /"mapping" must be I32 or I64, found F32/);
});
