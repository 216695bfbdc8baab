import assert from "node:assert/strict";
import { join } from "node:path";
import { applySettings, checkConfig, type ConfigInput, loadConfig, PRESETS } from "../../lib/experiments/mod.ts";
import { withFolder } from "./small.ts";

const facets = PRESETS.facets.config;

Deno.test("every key is optional: an empty configuration is the default preset, others extend the one they name", () => {
  assert.deepEqual(checkConfig({}), facets);
  assert.deepEqual(checkConfig({ extends: "paper" }), PRESETS.paper.config);
  const input: ConfigInput = { extends: "paper", seeds: 9, train: { epochs: 7 }, mining: { depth: 9 } };
  const { paper: { config: paper } } = PRESETS;
  assert.deepEqual(checkConfig(input), {
    ...paper,
    seeds: 9,
    train: { ...paper.train, epochs: 7 },
    mining: { ...paper.mining, depth: 9 },
  });
  assert.throws(() => checkConfig({ extends: "papr" }), /Unknown preset "papr" in extends: did you mean "paper"\?/);
});

Deno.test("arms are short: null, a method, sources, or settings side by side", () => {
  const { arms, statistics } = checkConfig({
    train: { inBatch: true },
    arms: {
      none: null,
      search: "bm25",
      random: { random: 2 },
      "in-batch": {},
      top: { dense: 1, synthetic: 1, sampler: "top", filters: ["near-duplicate"] },
      ance: { mix: { model: 2 }, refresh: 50 },
      gist: { mix: { dense: 2 }, train: { loss: { name: "gist", margin: 0.05 } } },
      full: { method: "fine-tuned", negatives: { mix: { bm25: 2 } }, train: { epochs: 1 }, prompts: { query: "q: " } },
    },
  });
  assert.deepEqual(arms, [
    { name: "none", method: "untrained" },
    { name: "search", method: "bm25" },
    { name: "random", method: "fine-tuned", negatives: { mix: { random: 2 } } },
    { name: "in-batch", method: "fine-tuned" },
    {
      name: "top",
      method: "fine-tuned",
      negatives: { mix: { dense: 1, synthetic: 1 }, sampler: "top", filters: ["near-duplicate"] },
    },
    { name: "ance", method: "fine-tuned", negatives: { mix: { model: 2 }, refresh: { name: "ance", every: 50 } } },
    {
      name: "gist",
      method: "fine-tuned",
      negatives: { mix: { dense: 2 } },
      train: { wrap: [{ name: "gist", margin: 0.05 }] },
    },
    {
      ...{ name: "full", method: "fine-tuned", negatives: { mix: { bm25: 2 } } },
      ...{ train: { epochs: 1 }, prompts: { query: "q: " } },
    },
  ]);
  assert.equal(statistics.baseline, "none");
});

Deno.test("a wrapper as loss goes around the loss of all arms and its wrappers", () => {
  const masked = { name: "masked", margin: 0.2 };
  const { train, arms } = checkConfig({
    train: { loss: masked },
    arms: { a: { dense: 1, train: { loss: "gist" } }, b: { dense: 1, train: { loss: "triplet", wrap: ["masked"] } } },
  });
  assert.deepEqual([train.loss, train.wrap], [facets.train.loss, [masked]]);
  assert.deepEqual(arms[0].train, { wrap: [masked, "gist"] });
  assert.deepEqual(arms[1].train, { loss: "triplet", wrap: ["masked"] });
});

Deno.test("the baseline follows the arms, and an axis of the preset goes with its arms", () => {
  const baseline = (arms: ConfigInput["arms"]) => checkConfig({ arms }).statistics.baseline;
  assert.equal(baseline({ "no-fine-tuning": null, a: { dense: 1 } }), "no-fine-tuning");
  assert.equal(baseline({ a: { dense: 1 }, plain: null }), "plain");
  assert.equal(baseline({ a: { dense: 1 }, b: { bm25: 1 } }), "a");
  assert.equal(checkConfig({ extends: "ratio", arms: { a: { dense: 1 } } }).sweep, undefined);
  assert.ok(checkConfig({ extends: "ratio" }).sweep);
});

Deno.test("checking twice changes nothing", () => {
  for (const { config } of Object.values(PRESETS)) assert.deepEqual(checkConfig(config), config);
  const once = checkConfig({ arms: { a: { model: 2, refresh: 5, train: { loss: "gist" } } } });
  assert.deepEqual(checkConfig(once), once);
});

Deno.test("faults come one line per key, with arms by name", () => {
  const wrong = {
    trian: {},
    seeds: 0,
    train: { loss: { name: "infoNCE", temprature: 1 } },
    arms: { a: { bm52: 2 }, b: { dense: 2, sampler: "topp" }, c: "bm52", d: 3 },
  };
  const error = (() => {
    try {
      checkConfig(wrong);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("no fault found");
  })();
  const lines = error.split("\n");
  assert.equal(lines[0], "Cannot use the configuration:");
  for (
    const wanted of [
      /^ {2}unknown key "trian": did you mean "train"/,
      /^ {2}seeds must be an integer >= 1, found 0$/,
      /^ {2}train\.loss: infoNCE has no option "temprature": did you mean "temperature"\?$/,
      /^ {2}unknown key "arms\.a\.bm52": did you mean "bm25"\?$/,
      /^ {2}arms\.b\.negatives\.sampler: Unknown sampler "topp": did you mean "top"\?$/,
      /^ {2}arms\.c\.method is "bm52": did you mean "bm25"\?$/,
    ]
  ) assert.ok(lines.some((line) => wanted.test(line)), `${wanted} in\n${error}`);
  assert.throws(
    () => checkConfig({ arms: { a: { model: 1, refresh: 9 }, b: { bm25: 1, sampler: "simans" }, c: { imported: 1 } } }),
    /:\n {2}arms\.b: simans needs cosines.*\n {2}arms\.c: it draws imported negatives, and "negatives" names no file/,
  );
});

const REFUSED: [string, object, RegExp][] = [
  [
    "adore with trained documents",
    { arms: { a: { model: 2, refresh: { name: "adore", every: 1 } } } },
    /adore needs frozen/,
  ],
  [
    "conan's sampler",
    { arms: { a: { dense: 2, refresh: { name: "conan", every: 9 } } } },
    /its sampler must be top, found/,
  ],
  ["refresh without steps", { arms: { a: { model: 2, refresh: { name: "ance" } } } }, /every must be an integer >= 1/],
  ["a judge's filter without a judge", { filters: ["judge"] }, /needs a judge: set judge to/],
  ["an unknown format", { negatives: [{ file: "x", format: "flag" }] }, /negatives\.0.* /],
  ["a transfer of no collection", { transfer: [3] }, /transfer\.0/],
  ["what to keep", { keep: "bset" }, /keep is "bset": did you mean "best"\?/],
  ["a weight field", { train: { weightField: 3 } }, /train\.weightField must be .*found 3/],
  ["positives", { train: { positives: 0 } }, /train\.positives must be an integer >= 1, found 0/],
];
for (const [what, input, message] of REFUSED) {
  Deno.test(`a configuration is refused: ${what}`, () => {
    assert.throws(() => checkConfig(input), { name: "ArgumentError", message });
  });
}

Deno.test("a cross-encoder makes its filter usable", () => {
  const filters = [{ name: "cross-encoder", threshold: 0.5 }];
  assert.deepEqual(checkConfig({ crossEncoder: "folder", filters }).filters, filters);
});

Deno.test("a judge makes its filter usable, overall and in an arm", () => {
  const judge = { recipe: "arhn", model: "m", baseURL: "http://127.0.0.1:9/v1", ledger: ":memory:" };
  const config = checkConfig({ judge, filters: ["judge"], arms: { a: { dense: 2, filters: ["judge"] } } });
  assert.deepEqual(config.judge, judge);
});

Deno.test("settings reach an arm's negatives directly, and take a wrapper as loss", () => {
  const { arms, train } = applySettings(facets, [
    "arms.hybrid.mix.bm25=4",
    "arms.dense.sampler=top",
    "train.loss=gist",
  ]);
  assert.deepEqual(arms.find(({ name }) => name === "hybrid")!.negatives!.mix, { synthetic: 1, dense: 1, bm25: 4 });
  assert.equal(arms.find(({ name }) => name === "dense")!.negatives!.sampler, "top");
  assert.deepEqual([train.loss, train.wrap], [facets.train.loss, ["gist"]]);
});

Deno.test("a file has comments, its own name, and extends a preset or another file", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(
      join(folder, "base.json"),
      `{
        // twice as many
        "$schema": "../docs/experiment.schema.json",
        "extends": "paper", "seeds": 8,
        "arms": { "none": null, "random": { "random": 2 }, },
      }`,
    );
    await Deno.mkdir(join(folder, "sub"));
    await Deno.writeTextFile(
      join(folder, "sub", "mine.jsonc"),
      `{ "extends": "../base.json", "train": { "epochs": 1 } }`,
    );
    const base = await loadConfig(join(folder, "base.json"));
    assert.deepEqual([base.name, base.seeds, base.arms.length], ["base", 8, 2]);
    assert.equal(base.train.inBatch, PRESETS.paper.config.train.inBatch);
    const mine = await loadConfig(join(folder, "sub", "mine.jsonc"), { set: ["name=other"] });
    assert.deepEqual(mine, { ...base, name: "other", train: { ...base.train, epochs: 1 } });
    await Deno.writeTextFile(join(folder, "a.json"), `{ "extends": "b.json" }`);
    await Deno.writeTextFile(join(folder, "b.json"), `{ "extends": "a.json" }`);
    await assert.rejects(loadConfig(join(folder, "a.json")), /files extend each other in a circle/);
    await Deno.writeTextFile(join(folder, "c.json"), `{\n  "seeds": 2,\n  "arms": [}\n`);
    await assert.rejects(loadConfig(join(folder, "c.json")), /ValueExpected at line 3, column 12/);
    await Deno.writeTextFile(join(folder, "d.json"), `{ "extends": 3 }`);
    await assert.rejects(loadConfig(join(folder, "d.json")), /extends must be the name of a preset or a file, found 3/);
    await Deno.writeTextFile(join(folder, "e.json"), `[]`);
    await assert.rejects(loadConfig(join(folder, "e.json")), /the value must be an object, found/);
  }));

Deno.test("arms are selected by name, none is the untrained encoder, and the baseline follows", async () => {
  const { arms, statistics } = await loadConfig("facets", { arms: ["dense", "none"] });
  assert.deepEqual(arms.map(({ name }) => name), ["dense", "no-fine-tuning"]);
  assert.equal(statistics.baseline, "no-fine-tuning");
  assert.equal((await loadConfig("facets", { arms: ["dense", "bm25"] })).statistics.baseline, "dense");
  await assert.rejects(loadConfig("facets", { arms: ["dens"] }), /Unknown arm "dens": did you mean "dense"\?/);
  await assert.rejects(loadConfig("facets", { arms: ["dense", "dense"] }), /Cannot select arm "dense" twice/);
  await assert.rejects(loadConfig("facets", { arms: [] }), /no name is given/);
});
