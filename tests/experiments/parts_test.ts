import assert from "node:assert/strict";
import { type Arm, checkConfig, type ExperimentConfig, type PartConfig, PRESETS } from "../../lib/experiments/mod.ts";
import { samplerOf } from "../../lib/experiments/config/parts.ts";
import { CURRICULA, FILTERS, MIXERS, REFRESHES, SAMPLERS } from "../../lib/negatives/mod.ts";
import { LOSS_WRAPPERS, LOSSES } from "../../lib/training/mod.ts";

const facets = PRESETS.facets.config;

/** The facets preset whose arm "dense" has these settings. */
function withArm(settings: Partial<Arm>): ExperimentConfig {
  return { ...facets, arms: facets.arms.map((arm) => arm.name === "dense" ? { ...arm, ...settings } : arm) };
}

const negatives = (settings: object) => withArm({ negatives: { mix: { dense: 2 }, ...settings } });
const train = (settings: object) => withArm({ train: { ...settings } });

/** An entry of a registry with options, and why a configuration cannot use it, if so. */
type Case = [part: PartConfig, refused?: RegExp];

function beside(part: PartConfig, keys: object): unknown {
  return typeof part === "object" && part !== null ? { ...keys, ...part } : part;
}

/** A case for every entry of every registry that a configuration reaches. */
const CASES: Record<string, { names: readonly string[]; in: (part: PartConfig) => ExperimentConfig; cases: Case[] }> = {
  loss: {
    names: LOSSES.names,
    in: (loss) => train({ loss }),
    cases: [
      [{ name: "infoNCE", hardness: 1 }],
      [{ name: "debiased", tauPlus: 0.2 }],
      [{ name: "hardWeighted", beta: 1 }],
      [{ name: "triplet", margin: 0.3 }],
      [
        { name: "marginMSE", scale: 2 },
        /Loss marginMSE.* needs a teacher: set train\.teacher to "scores" or to an enc/,
      ],
      ["distillation", /Loss distillation.* needs a teacher/],
      ["wasserstein"],
      [{ name: "causalNeg", strength: 0.1 }],
      [{ name: "bixse", levels: true, topGrade: 3 }],
    ],
  },
  wrap: {
    names: LOSS_WRAPPERS.names,
    in: (part) => train({ wrap: [part] }),
    cases: [
      [{ name: "masked", margin: 0.2 }],
      [{ name: "gist", margin: 0.05 }],
      [{ name: "matryoshka", dimensions: [32, 64] }],
    ],
  },
  mixing: {
    names: MIXERS.names,
    in: (mixing) => negatives({ mixing }),
    cases: [["hybrid"], [{ name: "direct", unit: "instance" }]],
  },
  sampler: {
    names: SAMPLERS.names,
    in: (sampler) => negatives({ sampler }),
    cases: [["uniform"], ["top"], [{ name: "rank-weighted", power: 2 }], [{ name: "simans", a: 50 }]],
  },
  curriculum: {
    names: CURRICULA.names,
    in: (curriculum) => negatives({ curriculum }),
    cases: [
      [{ name: "stages", stages: [{ epochs: 1, hardness: [0, 0.5] }, { hardness: [0.5, 1] }] }],
      ["easy-to-hard"],
    ],
  },
  refresh: {
    names: REFRESHES.names,
    in: (refresh) =>
      withArm({
        negatives: { mix: { model: 2 }, sampler: "top", refresh: beside(refresh, { every: 9 }) as never },
        train: { documents: "frozen" },
      }),
    cases: [[{ name: "ance", depth: 30 }], [{ name: "adore", depth: 20 }], [{ name: "conan", factor: 1.2 }]],
  },
  filters: {
    names: FILTERS.names,
    in: (part) => negatives({ filters: [part] }),
    cases: [
      [{ name: "positive-guard", nearDuplicateThreshold: 0.9 }],
      ["near-duplicate"],
      [{ name: "rank-window", from: 2, to: 10 }],
      [{ name: "score-window", max: 0.9 }],
      [{ name: "absolute-margin", margin: 0.1 }],
      [{ name: "relative-margin", sources: ["dense"] }],
      [{ name: "soft-margin", temperature: 0.1 }],
      ["vector-guard"],
      [
        { name: "cross-encoder", threshold: 1 },
        /Cannot use filter cross-encoder: it needs a cross-encoder: set crossEncoder to its folder/,
      ],
      [{ name: "verdicts", file: "verdicts.jsonl" }],
      ["judge", /Cannot use filter judge: it needs a judge/],
    ],
  },
};

for (const [kind, { names, in: configOf, cases }] of Object.entries(CASES)) {
  Deno.test(`${kind}: a configuration reaches every entry of the registry, or is refused with the reason`, () => {
    const named = cases.map(([part]) => typeof part === "string" ? part : part.name);
    assert.deepEqual([...named].sort(), [...names].sort(), "a case for each");
    for (const [part, refused] of cases) {
      const config = configOf(part);
      if (refused) assert.throws(() => checkConfig(config), refused);
      else assert.deepEqual(checkConfig(config), config);
    }
  });

  Deno.test(`${kind}: unknown names and options get suggestions`, () => {
    for (const [part, refused] of cases) {
      if (refused) continue;
      const { name, ...options } = typeof part === "string" ? { name: part } : part;
      const typo = `${name.slice(0, -1)}${name.at(-1) === "x" ? "y" : "x"}`;
      assert.throws(() => checkConfig(configOf({ name: typo, ...options })), /Unknown .*did you mean/, typo);
      assert.throws(() => checkConfig(configOf({ name, ...options, optoin: 1 })), / has no option "optoin"/, name);
    }
    assert.throws(() => checkConfig(configOf(true as never)), /must be the name of a .* found true/);
    assert.throws(() => checkConfig(configOf({} as never)), /must be the name of a /);
  });
}

Deno.test("losses with a teacher use the scores of the negatives", () => {
  const config = train({ loss: "marginMSE", teacher: "scores", inBatch: false });
  assert.deepEqual(checkConfig(config), config);
  const encoder = train({ loss: "marginMSE", teacher: "built-in" });
  assert.deepEqual(checkConfig(encoder), encoder);
  assert.throws(
    () => checkConfig(train({ loss: "marginMSE", teacher: 3 })),
    /arms\.dense\.train\.teacher must be .*found 3/,
  );
  assert.throws(
    () => checkConfig(train({ wrap: [{ name: "matryoshka", dimensions: [32], weights: [1, 2] }] })),
    /weights do not match/,
  );
});

Deno.test("a configuration must not set the options that the experiment sets", () => {
  for (const [key, value] of [["seed", 1], ["count", 2], ["sources", ["dense"]]]) {
    const config = negatives({ sampler: { name: "uniform", [key as string]: value } });
    assert.throws(() => checkConfig(config), new RegExp(`uniform has no option "${key}"`));
  }
});

Deno.test("an arm's sampler is a curriculum around a mixer around a sampler", () => {
  const mix = { dense: 1, bm25: 0 };
  const { name, sources } = samplerOf({ mix, curriculum: "easy-to-hard", sampler: "top" }, 3);
  assert.deepEqual([name, sources], ["curriculum", ["dense"]]);
  const direct = samplerOf({ mix, mixing: "direct" }, 3);
  assert.deepEqual((direct.settings as { mix: unknown }).mix, { dense: 1 });
  assert.equal(direct.name, "direct");
});
