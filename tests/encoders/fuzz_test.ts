import assert from "node:assert/strict";
import { join } from "node:path";
import { KitError } from "../../lib/core/mod.ts";
import { loadEncoder, Safetensors } from "../../lib/encoders/mod.ts";
import { fuzz, mutated, mutatedJson } from "../support/fuzz.ts";
import { copyOf, FIXTURES } from "./fixtures.ts";

/** Files of a model and rounds for each; binary ones are damaged, the others have odd values. */
const FILES: [model: string, file: string, rounds: number][] = [
  ["bert", "config.json", 80],
  ["bert", "modules.json", 80],
  ["bert", "1_Pooling/config.json", 60],
  ["bert", "sentence_bert_config.json", 40],
  ["bert", "config_sentence_transformers.json", 60],
  ["bert", "tokenizer.json", 60],
  ["bert", "tokenizer_config.json", 60],
  ["bert", "model.safetensors", 80],
  ["roberta", "tokenizer.json", 60],
  ["roberta", "config.json", 60],
  ["xlm-roberta", "tokenizer.json", 60],
  ["static", "tokenizer.json", 60],
  ["static", "modules.json", 40],
  ["static", "model.safetensors", 80],
];

for (const model of new Set(FILES.map(([model]) => model))) {
  Deno.test(`fuzz a model folder: ${model}`, async () => {
    const folder = await copyOf(model);
    try {
      for (const [, file, rounds] of FILES.filter(([other]) => other === model)) {
        const path = join(folder, file);
        const whole = await Deno.readFile(path);
        const mutate = file.endsWith(".json") ? mutatedJson : mutated;
        await fuzz(`${model} ${file}`, whole, async (bytes) => {
          await Deno.writeFile(path, bytes);
          const encoder = await loadEncoder(folder, { threads: 1 });
          try {
            await encoder.encode(["a text of words"], { kind: "query" });
          } finally {
            await encoder.dispose();
          }
        }, { rounds, mutate });
        await Deno.writeFile(path, whole);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Packs the weights as large models have them, in shards with an index. */
async function sharded(folder: string): Promise<void> {
  const shard = "model-00001-of-00001.safetensors";
  const file = join(folder, "model.safetensors");
  const names = [...Safetensors.open(file).names];
  await Deno.rename(file, join(folder, shard));
  const index = { metadata: { total_size: 1 }, weight_map: Object.fromEntries(names.map((name) => [name, shard])) };
  await Deno.writeTextFile(`${file}.index.json`, JSON.stringify(index));
}

Deno.test("fuzz the index of shards", async () => {
  const folder = await copyOf("bert");
  try {
    await sharded(folder);
    const path = join(folder, "model.safetensors.index.json");
    await fuzz("index", await Deno.readFile(path), async (bytes) => {
      await Deno.writeFile(path, bytes);
      await (await loadEncoder(folder, { threads: 1 })).dispose();
    }, { rounds: 200, mutate: mutatedJson });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("missing model files, and folders in their place, are named", async () => {
  for (const file of ["config.json", "modules.json", "tokenizer.json", "model.safetensors", "1_Pooling/config.json"]) {
    for (const kind of ["pointer", "folder"]) {
      const folder = await copyOf("bert");
      try {
        const path = join(folder, file);
        await Deno.remove(path);
        if (kind === "folder") await Deno.mkdir(path);
        else await Deno.copyFile(join(FIXTURES, "..", "data", "packed", "pointer.jsonl"), path);
        await assert.rejects(loadEncoder(folder), (error: Error) => {
          assert.ok(error instanceof KitError, `${kind} ${file}: ${error.stack}`);
          assert.ok(error.message.includes(file), error.message);
          if (kind === "pointer") assert.match(error.message, /Cannot read a Git LFS pointer: .*git lfs pull/);
          return true;
        });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }
  }
});

Deno.test("a path that is not a model folder is refused with the reason", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "file");
    await Deno.writeTextFile(file, "x");
    const strange = await copyOf("bert");
    await Deno.remove(join(strange, "config.json"));
    await Deno.mkdir(join(strange, "config.json"));
    const cases: [path: string, message: RegExp][] = [
      ["", /its path is empty/],
      ["a\0b", /holds a NUL byte/],
      ["x".repeat(5000), /its path is too long \(5000 letters/],
      [join(folder, "none"), /no folder has this name/],
      [file, /it is a file/],
      [join(file, "below"), /no folder has this name/],
      [folder, /Found no model\.safetensors/],
      [strange, /config\.json/],
    ];
    for (const [path, message] of cases) {
      await assert.rejects(loadEncoder(path), (error: Error) => {
        assert.ok(error instanceof KitError, `${path.slice(0, 80)}: ${error.stack}`);
        assert.match(error.message, message);
        assert.ok(error.message.length < 500);
        return true;
      });
    }
    await Deno.remove(strange, { recursive: true });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
