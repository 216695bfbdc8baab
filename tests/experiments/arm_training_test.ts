import assert from "node:assert/strict";
import { loadCollection, positivesOf } from "../../lib/collections/mod.ts";
import { loadEncoder } from "../../lib/encoders/mod.ts";
import { filterArm } from "../../lib/experiments/arm_negatives.ts";
import { armTraining } from "../../lib/experiments/arm_training.ts";
import { countedSampler } from "../../lib/experiments/counted_sampler.ts";
import { type Arm, PRESETS } from "../../lib/experiments/mod.ts";
import { mine } from "../../lib/negatives/mod.ts";
import { smallCollection, withFolder } from "./small.ts";

Deno.test("filters, sampler and curriculum of an arm determine its draws; other arms are unaffected", () =>
  withFolder(async (folder) => {
    await smallCollection(folder);
    const collection = await loadCollection(folder);
    const encoder = await loadEncoder("built-in");
    try {
      const mined = await mine(collection, { source: "dense", encoder, depth: 20 });
      const { config } = PRESETS.facets;
      const drawn = async (negatives: Partial<Arm["negatives"]>, epoch = 0) => {
        const arm: Arm = { name: "a", method: "fine-tuned", negatives: { mix: { dense: 2 }, ...negatives } };
        const own = await filterArm(config, arm, { collection, encoder, negatives: mined });
        const training = armTraining(config, arm, { repetition: 0, collection, encoder, negatives: own });
        const table = training.negatives!;
        const { instances } = training.sampler!.draw(table, positivesOf(collection, { split: "train" }), epoch);
        const ranks = instances.flatMap(({ negatives }) => negatives.map((row) => table.column("rank").at(row)!));
        return { ranks, mean: ranks.reduce((a, b) => a + b, 0) / ranks.length };
      };
      const plain = await drawn({});
      assert.deepEqual(await drawn({ filters: [], mixing: "hybrid", sampler: "uniform" }), plain);
      const window = await drawn({ filters: [{ name: "rank-window", from: 5, to: 9 }] });
      assert.ok(window.ranks.length > 0 && window.ranks.every((rank) => rank >= 5 && rank <= 9));
      assert.ok((await drawn({ sampler: "top" })).mean < plain.mean);
      const curriculum = "easy-to-hard";
      assert.ok((await drawn({ curriculum })).mean > (await drawn({ curriculum }, 2)).mean, "harder in the end");
    } finally {
      await encoder.dispose();
    }
  }));

Deno.test("a counted sampler counts only its first epoch and draws as before", () =>
  withFolder(async (folder) => {
    await smallCollection(folder);
    const collection = await loadCollection(folder);
    const negatives = await mine(collection, { source: "random", depth: 4 });
    const arm: Arm = { name: "a", method: "fine-tuned", negatives: { mix: { random: 2, bm25: 1 } } };
    const encoder = await loadEncoder("built-in");
    try {
      const { sampler } = armTraining(PRESETS.facets.config, arm, {
        repetition: 0,
        collection,
        encoder,
        negatives,
      });
      const positives = positivesOf(collection, { split: "train" });
      const counted = countedSampler(sampler!);
      assert.deepEqual(counted.draw(negatives, positives, 0), sampler!.draw(negatives, positives, 0));
      const after = structuredClone([counted.drawn, counted.short]);
      assert.ok(Math.abs(counted.drawn.random - 2) < 1e-9);
      assert.deepEqual(counted.short, { bm25: positives.size });
      counted.draw(negatives, positives, 1);
      assert.deepEqual([counted.drawn, counted.short], after);
    } finally {
      await encoder.dispose();
    }
  }));
