import assert from "node:assert/strict";
import { join } from "node:path";
import { applySettings, loadConfig, PRESETS } from "../../lib/experiments/mod.ts";
import { KitError, random } from "../../lib/core/mod.ts";
import { fuzz, mutated, mutatedJson } from "../support/fuzz.ts";

Deno.test("fuzz configurations of experiments", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, { config }] of Object.entries(PRESETS)) {
      const path = join(folder, `${name}.json`);
      await fuzz(`config ${name}`, new TextEncoder().encode(JSON.stringify(config)), async (bytes) => {
        await Deno.writeFile(path, bytes);
        await loadConfig(path);
      }, { rounds: 200, mutate: mutatedJson });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const SETTINGS = [
  "train.epochs=2",
  "arms.hybrid.negatives.mix.bm25=4",
  "seeds=5",
  'measures=["nDCG@10"]',
  "statistics.baseline=bm25",
  "train={}",
];

Deno.test("fuzz settings of experiments", () => {
  const { config } = PRESETS.facets;
  let refused = 0;
  const odd = [
    "=",
    ".",
    "..",
    "__proto__.x=1",
    "constructor.prototype.x=1",
    "arms.length=0",
    "arms.0.name=",
    "a".repeat(5000),
  ];
  const settings = [
    ...odd,
    ...Array.from({ length: 600 }, (_, round) => {
      const stream = random(20_261).fork("set").fork(round);
      const bytes = new TextEncoder().encode(SETTINGS[stream.integer(SETTINGS.length)]);
      return new TextDecoder().decode(mutated(bytes, stream));
    }),
  ];
  for (const setting of settings) {
    try {
      applySettings(config, [setting]);
    } catch (error) {
      assert.ok(error instanceof KitError, `${setting}: ${(error as Error).stack}`);
      refused++;
    }
  }
  assert.ok(refused > 100);
  assert.equal(({} as Record<string, unknown>).x, undefined);
});
