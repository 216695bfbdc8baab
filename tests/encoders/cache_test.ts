import assert from "node:assert/strict";
import { join } from "node:path";
import { EmbeddingCache, loadEncoder } from "../../lib/encoders/mod.ts";
import { FakeHub } from "../support/fake_hub.ts";
import { FIXTURES, TEXTS } from "./fixtures.ts";

function arrows(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) =>
    entry.isDirectory ? arrows(join(folder, entry.name)) : [join(folder, entry.name)]
  );
}

Deno.test("the cache key covers everything that determines a vector", async () => {
  const cache = await Deno.makeTempDir();
  const source = join(FIXTURES, "bert");
  const encoder = await loadEncoder(source, { cache });
  const first = await encoder.encode(TEXTS, { kind: "query" });
  assert.equal(arrows(cache).length, 1);
  const again = await loadEncoder(source, { cache });
  assert.deepEqual((await again.encode(TEXTS, { kind: "query" })).data, first.data);
  assert.equal(arrows(cache).length, 1, "nothing new was encoded");
  const prints = new Set<string>();
  const others = [
    again,
    await loadEncoder(source, { maxLength: 12 }),
    await loadEncoder(source, { prompts: { query: "q: " } }),
    await loadEncoder(join(FIXTURES, "distilbert")),
  ];
  for (const other of others) prints.add(other.fingerprint("query"));
  again.parameters.get("layer.0.ffn.in.bias")!.data[0] += 1e-6;
  again.invalidate();
  prints.add(again.fingerprint("query"));
  assert.equal(prints.size, 5, "weights, greatest length and prompts are part of the fingerprint");
  await again.encode(["another"], { kind: "query" });
  assert.equal(arrows(cache).length, 1, "changed weights are not cached");
});

Deno.test("a damaged cache file is skipped", async () => {
  const folder = await Deno.makeTempDir();
  const data = Float32Array.of(1, 2, 3, 4);
  await new EmbeddingCache(folder).write("f", ["a", "b"], data);
  const lookup = await new EmbeddingCache(folder).read("f", 2);
  assert.deepEqual([lookup("a"), lookup("b"), lookup("c")], [data.slice(0, 2), data.slice(2), undefined]);
  const [file] = arrows(folder);
  const bytes = await Deno.readFile(file);
  for (const spoilt of [bytes.slice(0, bytes.length / 2), bytes.map((x, i) => i % 97 === 50 ? x ^ 64 : x)]) {
    await Deno.writeFile(file, spoilt);
    assert.equal((await new EmbeddingCache(folder).read("f", 2))("a"), undefined);
  }
});

Deno.test("an encoder of the hub is downloaded once, without unneeded files", async () => {
  const folder = join(FIXTURES, "static");
  const files: Record<string, Uint8Array> = {};
  const add = (path: string) => {
    for (const entry of Deno.readDirSync(join(folder, path))) {
      if (entry.isDirectory) add(join(path, entry.name));
      else files[join(path, entry.name)] = Deno.readFileSync(join(folder, path, entry.name));
    }
  };
  add("");
  files["evil.py"] = new TextEncoder().encode("print(1)");
  const hub = new FakeHub({ "models/o/n": files });
  Deno.env.set("HF_ENDPOINT", hub.endpoint);
  const cache = await Deno.makeTempDir();
  try {
    const encoder = await loadEncoder("hf:o/n", { downloads: cache });
    const local = await loadEncoder(folder);
    assert.deepEqual(
      (await encoder.encode(TEXTS, { kind: "query" })).data,
      (await local.encode(TEXTS, { kind: "query" })).data,
    );
    assert.ok(!arrows(cache).some((path) => path.endsWith("evil.py")));
  } finally {
    Deno.env.delete("HF_ENDPOINT");
    await hub[Symbol.asyncDispose]?.();
  }
});
