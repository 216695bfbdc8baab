import { encoderOf } from "../../lib/experiments/prepare.ts";
import assert from "node:assert/strict";
import { applySettings, checkConfig } from "../../lib/experiments/config/config.ts";
import { loadConfig } from "../../lib/experiments/load_config.ts";
import { PRESETS } from "../../lib/experiments/presets.ts";
import { cellsOf } from "../../lib/experiments/run_folder.ts";

for (const [name, { config, about }] of Object.entries(PRESETS)) {
  Deno.test(`preset ${name} is valid, named after itself, and fair`, () => {
    assert.deepEqual(checkConfig(config), config);
    assert.equal(config.name, name);
    assert.ok(about.length > 20);
    const counts = config.arms.filter((arm) => arm.negatives).map(({ negatives }) =>
      Object.values(negatives!.mix).reduce((sum, n) => sum + n, 0)
    );
    assert.ok(counts.every((n) => Math.abs(n - counts[0]) < 1e-9), `negatives per query differ: ${counts}`);
    const tuned = config.arms.filter(({ method }) => method === "fine-tuned").length;
    assert.equal(cellsOf(config).length, tuned * config.seeds + config.arms.length - tuned);
  });
}

const facets = PRESETS.facets.config;

Deno.test("settings reach numbers, arms by name, names with dots, and sources that an arm did not have", () => {
  assert.equal(applySettings(facets, ["train.epochs=7"]).train.epochs, 7);
  assert.equal(applySettings(facets, ["collection=beir/scifact"]).collection, "beir/scifact");
  const hybrid = applySettings(facets, ["arms.hybrid.negatives.mix.edit=2"]).arms.find((a) => a.name === "hybrid")!;
  assert.equal(hybrid.negatives!.mix.edit, 2);
  const ratio = applySettings(PRESETS.ratio.config, ["arms.ratio-0.7.negatives.draw=top"]);
  assert.equal(ratio.arms.find((a) => a.name === "ratio-0.7")!.negatives!.draw, "top");
  assert.equal(
    applySettings(facets, ["arms.bm25.train.epochs=3"]).arms.find((a) => a.name === "bm25")!.train!.epochs,
    3,
  );
  assert.equal(facets.train.epochs, PRESETS.facets.config.train.epochs);
});

const WRONG: [string, RegExp][] = [
  ["train.epoch=2", /Unknown key "train.epoch": did you mean "epochs"\?/],
  ["trian.epochs=2", /Unknown key "trian": did you mean "train"\?/],
  ["arms.hybird.negatives.draw=top", /Unknown arm "hybird" in .*did you mean "hybrid"\?/],
  ["arms.hybrid.negatives.draw=topp", /arms\.5\.negatives\.draw is "topp": did you mean "top"\?/],
  ["arms.hybrid.negatives.mix.bm52=1", /Unknown key "arms\.hybrid\.negatives\.mix\.bm52": did you mean "bm25"/],
  ["train.learning_rate=0", /train\.learning_rate is 0: .*>0/],
  ["train.temperature=-1", /train\.temperature is -1/],
  ["train.batch=1.5", /train\.batch is 1\.5/],
  ["train.schedule=lineer", /train\.schedule is "lineer": did you mean "linear"/],
  ["train.epochs=many", /train\.epochs is "many"/],
  ["statistics.baseline=none", /Unknown arm "none" in statistics\.baseline/],
  ["splits.test=train", /Cannot use split "train" for training and for test/],
  ["splits.train=test", /Cannot use split "test" for training and for test/],
  ["seeds=0", /seeds is 0/],
  ["mining.from=60", /Cannot use mining\.from 60: mining\.depth is 50/],
  ["arms.bm25.negatives.draw=simans", /Cannot use arm "bm25": simans wants cosines, and source bm25 has none/],
  ["arms.random.negatives.draw=simans", /source random has none/],
  ["arms.dense.negatives.refresh=9", /Cannot use arm "dense": refresh mines source model anew/],
  ["arms.dense.negatives.mix.imported=1", /Cannot use arm "dense": .* not from imported ones/],
  ["train.epochs", /Cannot apply "train.epochs": wanted path=value/],
];
for (const [setting, message] of WRONG) {
  Deno.test(`--set ${setting} is refused by name`, () => {
    assert.throws(() => applySettings(facets, [setting]), { name: "ArgumentError", message });
  });
}

Deno.test("measures go by their own names, and one length holds for all arms", () => {
  assert.deepEqual(applySettings(facets, ['measures=["ndcg@10", "recall@100"]']).measures, ["nDCG@10", "Recall@100"]);
  assert.throws(() => applySettings(facets, ['measures=["nDGC@10"]']), /nDGC/);
  assert.equal(facets.train.max_length, null);
  assert.equal(applySettings(facets, ["train.max_length=64"]).train.max_length, 64);
  assert.throws(() => applySettings(facets, ["train.max_length=none"]), /train\.max_length is "none"/);
  assert.throws(() => applySettings(facets, ["arms.hybrid.train.max_length=32"]), /"arms\.hybrid\.train\.max_length"/);
});

Deno.test("an arm needs negatives of its own or of the batch", () => {
  const none = "arms.random.negatives.mix.random=0";
  assert.throws(() => applySettings(PRESETS.paper.config, [none]), /Cannot train arm "random": it has no negatives/);
  assert.ok(applySettings(PRESETS.paper.config, [none, "train.in_batch=true"]));
});

Deno.test("unknown keys in a file are named with the nearest known ones", () => {
  assert.throws(
    () => checkConfig({ ...facets, train: { ...facets.train, learningrate: 1 } }),
    /unknown key "train.learningrate": did you mean "learning_rate"\?/,
  );
  assert.throws(
    () => checkConfig({ ...facets, arms: [...facets.arms, facets.arms[1]] }),
    /two arms are named "random"/,
  );
  assert.throws(() => checkConfig(null), /the whole is null/);
});

Deno.test("a configuration comes from a preset, a JSON file, or a module", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a.json`, JSON.stringify({ ...facets, seeds: 4 }));
    await Deno.writeTextFile(`${folder}/b.ts`, `export default ${JSON.stringify({ ...facets, seeds: 6 })};`);
    await Deno.writeTextFile(`${folder}/broken.json`, "{");
    await Deno.writeTextFile(`${folder}/empty.ts`, "export const a = 1;");
    assert.equal((await loadConfig(`${folder}/a.json`)).seeds, 4);
    assert.equal((await loadConfig(`${folder}/b.ts`, { set: ["seeds=2"] })).seeds, 2);
    await assert.rejects(loadConfig(`${folder}/broken.json`), /Cannot read a configuration: .*broken\.json/s);
    await assert.rejects(loadConfig(`${folder}/empty.ts`), /no default export/);
    await assert.rejects(loadConfig(`${folder}/none.json`), { name: "KitError" });
    await assert.rejects(loadConfig("papr"), /Unknown preset "papr": did you mean "paper"\?/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("prompts of a configuration reach the encoder's vectors", async () => {
  const plain = await loadConfig("facets");
  const prompted = await loadConfig("facets", { set: ['prompts.query="query: "'] });
  const [a, b] = [await encoderOf(plain), await encoderOf(prompted)];
  assert.notEqual(a.fingerprint("query"), b.fingerprint("query"));
  assert.equal(a.fingerprint("document"), b.fingerprint("document"));
  for (const encoder of [a, b]) await encoder.dispose();
});
