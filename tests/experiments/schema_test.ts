import Ajv from "ajv/dist/2020.js";
import { parse } from "jsonc-parser";
import assert from "node:assert/strict";
import { join } from "node:path";
import { checkConfig, configSchema, loadConfig, PRESETS, startConfig } from "../../lib/experiments/mod.ts";
import { loadCollection } from "../../lib/collections/mod.ts";
import { ROOT, smallCollection, withFolder } from "./small.ts";

// deno-lint-ignore no-explicit-any -- ajv's types name the class as its module
const valid = new (Ajv as any)({ strict: false }).compile(configSchema()) as (value: unknown) => boolean;

Deno.test("the committed schema is the one of the registries: deno task experiment schema > docs/experiment.schema.json", async () => {
  const file = join(ROOT, "docs", "experiment.schema.json");
  assert.deepEqual(JSON.parse(await Deno.readTextFile(file)), JSON.parse(JSON.stringify(configSchema())));
});

for (const [name, { config }] of Object.entries(PRESETS)) {
  Deno.test(`the schema takes the full form of preset ${name}`, () => assert.ok(valid(config)));
}

const GOOD: object[] = [
  {},
  { $schema: "x", extends: "paper", seeds: 2 },
  { arms: { none: null, search: "bm25", random: { random: 2 }, batch: {} } },
  { arms: { gist: { mix: { dense: 2 }, train: { loss: { name: "gist", margin: 0.05 } } } } },
  {
    arms: {
      ance: { model: 2, refresh: 50 },
      conan: { dense: 2, sampler: "top", refresh: { name: "conan", every: 9 } },
    },
  },
  { arms: [{ name: "a", method: "untrained" }, { name: "b", negatives: { mix: { dense: 1 }, filters: ["judge"] } }] },
  { train: { loss: "triplet", wrap: [{ name: "matryoshka", dimensions: [8] }] }, keep: "all" },
  { negatives: ["a.arrow", { file: "b.jsonl", format: "gpl" }], transfer: ["a", { collection: "b", split: "dev" }] },
  { judge: { model: "m" }, filters: ["judge", { name: "cross-encoder", threshold: 1 }] },
];
const BAD: object[] = [
  { trian: {} },
  { seeds: 0 },
  { train: { epochs: "many" } },
  { train: { loss: "infoNSE" } },
  { train: { loss: { name: "infoNCE", temprature: 1 } } },
  { arms: { a: { bm52: 2 } } },
  { arms: { a: { dense: 2, sampler: "topp" } } },
  { arms: { a: { model: 2, refresh: { name: "ance" } } } },
  { arms: { a: "bm52" } },
  { filters: [{ name: "cross-encoder" }] },
  { keep: "bset" },
];

Deno.test("editors are told what the check says: what the schema takes is checked, what it refuses is refused", () => {
  for (const config of GOOD) assert.ok(valid(config), JSON.stringify(config));
  for (const config of BAD) {
    assert.ok(!valid(config), JSON.stringify(config));
    assert.throws(() => checkConfig(config), JSON.stringify(config));
  }
});

Deno.test("init writes a configuration that loads, is commented, and names the splits", () =>
  withFolder(async (folder) => {
    const collection = join(folder, "collection");
    await smallCollection(collection);
    const text = await startConfig(collection, await loadCollection(collection));
    assert.match(text, /\/\/ 120 passages; splits: .*train \(60 queries\)/);
    const file = join(folder, "my.json");
    await Deno.writeTextFile(file, text);
    const config = await loadConfig(file);
    assert.deepEqual(config.splits, { train: "train", dev: "dev", test: "test" });
    assert.deepEqual(config.arms.map(({ name }) => name), ["none", "random", "bm25", "dense", "dense-margin"]);
    assert.equal(config.collection, collection);
    await Deno.remove(join(collection, "qrels", "dev.tsv"));
    const two = await startConfig(collection, await loadCollection(collection));
    assert.match(two, /No split for development/);
    assert.match(await startConfig("data/facets", await loadCollection("facets")), /"hybrid": \{ "synthetic": 1/);
  }));

Deno.test("the README's configuration is valid by the schema and by the check, and names what it says", async () => {
  const readme = await Deno.readTextFile(join(ROOT, "README.md"));
  const [, text] = /```jsonc\n(.*?)```/s.exec(readme)!;
  const value = parse(text);
  assert.ok(valid(value), JSON.stringify(valid));
  const config = checkConfig(value);
  assert.deepEqual(config.arms.map(({ name }) => name), [
    "none",
    "search",
    "random",
    "dense",
    "ance",
    "gist",
    "theirs",
  ]);
  assert.equal(config.arms[4].negatives!.refresh!.every, 50);
  for (
    const [, keys] of readme.matchAll(
      /^\| (`[^|]*`) +\| (?=negatives of|how sources|in order|`ance`|loss,|the language|written|trained)/gm,
    )
  ) {
    for (const [, key] of keys.matchAll(/`(?:arms\.X\.)?(\w+)`/g)) {
      assert.ok(text.includes(key) || JSON.stringify(configSchema()).includes(`"${key}"`), `${key} is in the README`);
    }
  }
});
