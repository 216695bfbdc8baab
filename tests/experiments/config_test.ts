import { applySettings, checkConfig, loadConfig, PRESETS } from "../../lib/experiments/mod.ts";
import { encoderOf } from "../../lib/experiments/load_inputs.ts";
import assert from "node:assert/strict";
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

Deno.test("settings reach numbers, arms by name, names with dots, and new sources of an arm", () => {
  assert.equal(applySettings(facets, ["train.epochs=7"]).train.epochs, 7);
  assert.equal(applySettings(facets, ["collection=beir/scifact"]).collection, "beir/scifact");
  const hybrid = applySettings(facets, ["arms.hybrid.negatives.mix.edit=2"]).arms.find((a) => a.name === "hybrid")!;
  assert.equal(hybrid.negatives!.mix.edit, 2);
  const ratio = applySettings(PRESETS.ratio.config, ["arms.ratio-0.7.negatives.sampler=top"]);
  assert.equal(ratio.arms.find((a) => a.name === "ratio-0.7")!.negatives!.sampler, "top");
  assert.equal(
    applySettings(facets, ["arms.bm25.train.epochs=3"]).arms.find((a) => a.name === "bm25")!.train!.epochs,
    3,
  );
  assert.equal(facets.train.epochs, PRESETS.facets.config.train.epochs);
});

Deno.test("an arm's loss and sampler start from those of all arms and take options", () => {
  const armOf = (name: string, ...settings: string[]) =>
    applySettings(PRESETS.paper.config, settings).arms.find((arm) => arm.name === name)!;
  assert.deepEqual(armOf("bm25", "arms.bm25.train.loss.hardness=2").train!.loss, {
    name: "infoNCE",
    temperature: 0.05,
    hardness: 2,
  });
  const { sampler } = armOf("simans", "arms.simans.negatives.sampler.a=50").negatives!;
  assert.deepEqual(sampler, { name: "simans", a: 50 });
});

Deno.test("a setting reaches the arm with the longest matching name, in any order of arms", () => {
  const { config } = PRESETS.ratio;
  const reversed = { ...config, arms: config.arms.toReversed() };
  const { arms } = applySettings(reversed, ["arms.ratio-0.2.recipe=graded"]);
  assert.deepEqual(arms.filter(({ negatives }) => negatives?.recipe === "graded").map(({ name }) => name), [
    "ratio-0.2",
  ]);
});

/** What was noted on the console. */
function noted(run: () => void): string[] {
  const said: string[] = [];
  const { warn } = console;
  console.warn = (...words: unknown[]) => void said.push(words.join(" "));
  try {
    run();
  } finally {
    console.warn = warn;
  }
  return said;
}

Deno.test("former keys are read with a note, in files and in settings", () => {
  const { loss: _, ...train } = facets.train;
  const before = {
    ...facets,
    train: Object.fromEntries(
      Object.entries({ ...train, temperature: 0.1 }).map(([key, value]) => {
        const former: Record<string, string> = {
          batchSize: "batch",
          learningRate: "learning_rate",
          weightDecay: "weight_decay",
          inBatch: "in_batch",
          maxLength: "max_length",
        };
        return [former[key] ?? key, value];
      }),
    ),
    arms: facets.arms.map((arm) =>
      arm.name === "dense"
        ? { ...arm, negatives: { ...arm.negatives, draw: "simans" }, train: { temperature: 0.2, in_batch: false } }
        : arm
    ),
  };
  const after = {
    ...facets,
    arms: facets.arms.map((arm) =>
      arm.name === "dense"
        ? {
          ...arm,
          negatives: { ...arm.negatives, sampler: "simans" },
          train: { inBatch: false, loss: { name: "infoNCE", temperature: 0.2 } },
        }
        : arm
    ),
  };
  const [note] = noted(() => assert.deepEqual(checkConfig(before), after));
  for (const text of ["train.batch is now train.batchSize", "negatives.draw is now negatives.sampler"]) {
    assert.ok(note.includes(text), note);
  }
  assert.deepEqual(noted(() => checkConfig(facets)), []);
  const settings = ["train.learning_rate=1", "arms.dense.train.temperature=0.3"];
  const said = noted(() => {
    const { train, arms } = applySettings(facets, settings);
    assert.equal(train.learningRate, 1);
    assert.deepEqual(arms.find(({ name }) => name === "dense")!.train!.loss, { name: "infoNCE", temperature: 0.3 });
  });
  assert.match(said.join(" "), /train\.learning_rate is now train\.learningRate.*train\.loss\.temperature/);
  assert.throws(
    () => checkConfig({ ...facets, train: { ...facets.train, batch: 3 } }),
    /unknown key "train\.batch": did you mean "batchSize"/,
  );
});

const WRONG: [string, RegExp][] = [
  ["train.epoch=2", /Unknown key "train.epoch": did you mean "epochs"\?/],
  ["trian.epochs=2", /Unknown key "trian": did you mean "train"/],
  ["arms.hybird.negatives.sampler=top", /Unknown arm "hybird" in .*did you mean "hybrid"\?/],
  [
    "arms.hybrid.negatives.sampler=topp",
    /arms\.hybrid\.negatives\.sampler: Unknown sampler "topp": did you mean "top"\?/,
  ],
  ["arms.hybrid.negatives.mix.bm52=1", /Unknown key "arms\.hybrid\.negatives\.mix\.bm52": did you mean "bm25"/],
  ["train.learningRate=0", /train\.learningRate must be a number > 0, found 0/],
  ["train.loss.temperature=-1", /train\.loss: temperature must be a number > 0, found -1/],
  ["train.batchSize=1.5", /train\.batchSize must be an integer >= 1, found 1\.5/],
  ["train.schedule=lineer", /train\.schedule is "lineer": did you mean "linear"/],
  ["train.epochs=many", /train\.epochs must be an integer >= 1, found "many"/],
  ["statistics.baseline=none", /Unknown arm "none" in statistics\.baseline/],
  ["splits.test=train", /split "train" cannot be used for training and for test/],
  ["splits.train=test", /split "test" cannot be used for training and for test/],
  ["seeds=0", /seeds must be an integer >= 1, found 0/],
  ["mining.from=60", /mining\.from must be an integer from 1 to mining\.depth 50, found 60/],
  ["arms.bm25.negatives.sampler=simans", /arms\.bm25: simans needs cosines, and source bm25 has none/],
  ["arms.random.negatives.sampler=simans", /source random has none/],
  ["arms.dense.negatives.refresh=9", /arms\.dense: refresh mines the source model, which is not in its mix/],
  [
    "arms.dense.negatives.mix.imported=1",
    /arms\.dense: it draws imported negatives, and "negatives" names no file of them/,
  ],
  ["train.loss=infoNSE", /train\.loss: Unknown loss "infoNSE": did you mean "infoNCE"\?/],
  ["train.loss=3", /train\.loss: must be the name of a loss or an object with it, found 3/],
  ["train.loss.temprature=1", /train\.loss: infoNCE has no option "temprature": did you mean "temperature"\?/],
  ["arms.dense.negatives.sampler.seed=1", /Cannot use the configuration/],
  ["train.epochs", /Cannot apply "train.epochs": it must be path=value/],
];
for (const [setting, message] of WRONG) {
  Deno.test(`--set ${setting} is refused by name`, () => {
    assert.throws(() => applySettings(facets, [setting]), { name: "ArgumentError", message });
  });
}

Deno.test("measures have canonical names; all arms share one length", () => {
  assert.deepEqual(applySettings(facets, ['measures=["ndcg@10", "recall@100"]']).measures, ["nDCG@10", "Recall@100"]);
  assert.throws(() => applySettings(facets, ['measures=["nDGC@10"]']), /nDGC/);
  assert.equal(facets.train.maxLength, null);
  assert.equal(applySettings(facets, ["train.maxLength=64"]).train.maxLength, 64);
  assert.throws(
    () => applySettings(facets, ["train.maxLength=none"]),
    /train\.maxLength must be an integer >= 4 or null, found "none"/,
  );
  assert.throws(() => applySettings(facets, ["arms.hybrid.train.maxLength=32"]), /"arms\.hybrid\.train\.maxLength"/);
});

Deno.test("an arm needs its own or in-batch negatives", () => {
  const none = "arms.random.negatives.mix.random=0";
  assert.throws(() => applySettings(PRESETS.paper.config, [none]), /arms\.random: it has no negatives/);
  assert.ok(applySettings(PRESETS.paper.config, [none, "train.inBatch=true"]));
});

Deno.test("unknown keys in a file get suggestions", () => {
  assert.throws(
    () => checkConfig({ ...facets, train: { ...facets.train, learningrate: 1 } }),
    /unknown key "train.learningrate": did you mean "learningRate"\?/,
  );
  assert.throws(
    () => checkConfig({ ...facets, arms: [...facets.arms, facets.arms[1]] }),
    /two arms are named "random"/,
  );
  assert.throws(() => checkConfig(null), /the value must be an object, found null/);
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
    await assert.rejects(loadConfig(`${folder}/broken.json`), /Cannot read the configuration: .*broken\.json/s);
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
