import assert from "node:assert/strict";
import { join } from "node:path";
import { loadEncoder, type TextKind, Tokenizer, TransformerEncoder } from "../../lib/encoders/mod.ts";
import { ARCHITECTURES } from "../../lib/encoders/architectures/mod.ts";
import { FIXTURES, NAMES } from "./fixtures.ts";

/** Vectors by an independent implementation: PyTorch, transformers, sentence-transformers. */
interface Reference {
  texts: string[];
  ids: number[][];
  vectors: Record<TextKind, number[][]>;
}

function reference(name: string): Reference {
  return JSON.parse(Deno.readTextFileSync(join(FIXTURES, name, "reference.json")));
}

function compare(found: Float32Array, wanted: number[][], label: string): number {
  const width = wanted[0].length;
  let largest = 0;
  wanted.forEach((row, i) => {
    let dot = 0, a = 0, b = 0;
    row.forEach((value, j) => {
      const x = found[i * width + j];
      largest = Math.max(largest, Math.abs(x - value));
      dot += x * value;
      a += x * x;
      b += value * value;
    });
    if (b > 0) assert.ok(dot / Math.sqrt(a * b) > 0.99999, `${label}, text ${i}: cosine ${dot / Math.sqrt(a * b)}`);
  });
  return largest;
}

for (const name of NAMES) {
  Deno.test(`${name}: ids and vectors equal those of sentence-transformers`, async () => {
    const { texts, ids, vectors } = reference(name);
    const encoder = await loadEncoder(join(FIXTURES, name));
    const special = name !== "static";
    const maxLength = encoder instanceof TransformerEncoder ? encoder.parts.tokenizer.maxLength : Infinity;
    const tokenizer = await Tokenizer.load(join(FIXTURES, name), { maxLength, special });
    texts.forEach((text, i) => assert.deepEqual([...tokenizer.encode(text)], ids[i], `ids of ${JSON.stringify(text)}`));
    for (const kind of ["query", "document"] as const) {
      const { data, dimension, length } = await encoder.encode(texts, { kind });
      assert.equal(dimension, vectors[kind][0].length);
      assert.equal(length, texts.length);
      const largest = compare(data, vectors[kind], `${name} ${kind}`);
      assert.ok(largest < 1e-5, `largest difference ${largest}`);
    }
    await encoder.dispose();
  });
}

Deno.test("every architecture has a fixture", () => {
  const same = { camembert: "roberta" } as Record<string, string>; // the same network under another name
  for (const name of ARCHITECTURES.names) assert.ok((NAMES as readonly string[]).includes(same[name] ?? name), name);
});

Deno.test("MiniLM: vectors equal those of sentence-transformers", async (t) => {
  const folder = Deno.env.get("SYNEG_TEST_ENCODER");
  if (!folder) return console.log(`skipped ${t.name}: SYNEG_TEST_ENCODER names no folder of all-MiniLM-L6-v2`);
  const { texts, vectors } = JSON.parse(Deno.readTextFileSync(join(FIXTURES, "minilm.json")));
  const encoder = await loadEncoder(folder);
  const { data } = await encoder.encode(texts, { kind: "query" });
  const largest = compare(data, vectors, "MiniLM");
  assert.ok(largest < 1e-5, `largest difference ${largest}`);
  await encoder.dispose();
});
