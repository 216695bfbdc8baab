import type { Arm, ArmNegatives, ExperimentConfig } from "./types.ts";

const tuned = (name: string, mix: ArmNegatives["mix"], rest: Omit<ArmNegatives, "mix"> = {}): Arm => ({
  name,
  method: "fine-tuned",
  negatives: { mix, ...rest },
});

const UNTRAINED: Arm = { name: "no-fine-tuning", method: "untrained" };

/** Two negatives per instance in every fine-tuned arm, because the recorded replies hold two per query. */
const FACETS: ExperimentConfig = {
  name: "facets",
  collection: "facets",
  encoder: "built-in",
  splits: { train: "train", dev: "dev", test: "test" },
  measures: ["nDCG@10", "MRR@10", "Recall@100"],
  seed: 1,
  seeds: 4,
  replies: "recorded",
  recipe: "syneg",
  threads: 1,
  arms: [
    UNTRAINED,
    tuned("random", { random: 2 }),
    tuned("bm25", { bm25: 2 }),
    tuned("dense", { dense: 2 }),
    tuned("synthetic", { synthetic: 2 }),
    tuned("hybrid", { synthetic: 1, dense: 1 }),
  ],
  mining: { depth: 50, from: 1, margin: 0 },
  // Chosen on dev, the same for all arms, so that sources can differ: docs/evidence/default-setting.md.
  train: {
    epochs: 3,
    batchSize: 32,
    learningRate: 0.03,
    weightDecay: 0.01,
    warmup: 0.1,
    schedule: "linear",
    loss: { name: "infoNCE", temperature: 0.1 },
    inBatch: false,
    maxLength: null,
    dropout: 0,
  },
  statistics: { baseline: "no-fine-tuning", margin: 0.01, rounds: 10_000, confidence: 0.95 },
};

/** Settings of the sources for sentence transformers of BERT's shape. */
const TRANSFORMER: ExperimentConfig["train"] = {
  ...FACETS.train,
  epochs: 1,
  batchSize: 16,
  learningRate: 2e-5,
  loss: { name: "infoNCE", temperature: 0.05 },
  inBatch: true,
};

/** The ratios of SyNeg's sweep and around them. */
const RATIOS = [0, 0.2, 0.5, 0.7, 1, 1.5, 2.7];
/** Temperatures of SyNeg's sweep and around them. */
const TEMPERATURES = [0.01, 0.02, 0.05, 0.1, 0.2];
/** Negatives per instance in the ratio sweep. */
const RATIO_COUNT = 2;

/**
 * Ready-made experiments by name. A new one is one entry.
 *
 * @category Experiments
 */
export const PRESETS: Record<string, { about: string; config: ExperimentConfig }> = {
  facets: {
    about: "Which source of negatives helps? Six arms, four seeds, the built-in collection, encoder and replies.",
    config: FACETS,
  },
  transformer: {
    about: "The same arms with all-MiniLM-L6-v2 from the hub, or --encoder with a folder. Hours on two cores.",
    config: {
      ...FACETS,
      name: "transformer",
      encoder: "hf:sentence-transformers/all-MiniLM-L6-v2",
      threads: 2,
      train: TRANSFORMER,
    },
  },
  paper: {
    about: "The rows of SyNeg's tables 2 and 3 as arms, with the controls that the paper lacks.",
    config: {
      ...FACETS,
      name: "paper",
      // SyNeg's loss has only the instance's own negatives.
      train: { ...FACETS.train, inBatch: false, loss: { name: "infoNCE", temperature: 0.05 } },
      arms: [
        UNTRAINED,
        { name: "bm25-search", method: "bm25" },
        tuned("random", { random: 2 }),
        tuned("bm25", { bm25: 2 }),
        tuned("dense", { dense: 2 }),
        tuned("ance", { model: 2 }, { refresh: { name: "ance", every: 50 } }),
        {
          ...tuned("adore", { model: 2 }, { refresh: { name: "adore", every: 1 } }),
          train: { documents: "frozen" },
        },
        tuned("simans", { dense: 2 }, { sampler: "simans" }),
        tuned("synthetic", { synthetic: 2 }),
        tuned("direct", { synthetic: 1, dense: 1 }, { mixing: "direct" }),
        tuned("hybrid", { synthetic: 1, dense: 1 }),
      ],
    },
  },
  scifact: {
    about: "Do written negatives help on SciFact? All controls, all-MiniLM-L6-v2, three seeds. Hours on two cores.",
    config: {
      ...FACETS,
      name: "scifact",
      collection: "beir/scifact",
      encoder: "hf:sentence-transformers/all-MiniLM-L6-v2",
      holdOut: { split: "dev", from: "train", queries: "data/scifact/dev-queries.txt" },
      replies: "data/scifact/replies.jsonl",
      seeds: 3,
      threads: 1,
      // Learning rate, temperature and epochs were chosen on dev, the same for all arms: docs/evidence/protocol.md.
      train: { ...TRANSFORMER, learningRate: 5e-5, maxLength: 96 },
      arms: [
        { name: "none", method: "untrained" },
        { name: "bm25-search", method: "bm25" },
        tuned("random", { random: 2 }),
        tuned("bm25", { bm25: 2 }),
        tuned("dense", { dense: 2 }),
        tuned("dense-margin", { dense: 2 }, { filters: [{ name: "relative-margin", margin: 0.05 }] }),
        tuned("synthetic", { synthetic: 2 }),
        tuned("direct", { synthetic: 1, dense: 1 }, { mixing: "direct" }),
        tuned("hybrid", { synthetic: 1, dense: 1 }),
        {
          ...tuned("causal", { synthetic: 1, dense: 1 }),
          train: { loss: { name: "causalNeg", temperature: 0.05 } },
        },
      ],
      statistics: { ...FACETS.statistics, baseline: "none" },
    },
  },
  "prompt-ablation": {
    about: "SyNeg's prompt without attributes, without reflection, without both. Needs recorded replies of each.",
    config: {
      ...FACETS,
      name: "prompt-ablation",
      arms: [
        UNTRAINED,
        ...["syneg", "syneg-no-attributes", "syneg-no-reflection", "syneg-plain"].map((recipe) =>
          tuned(recipe, { synthetic: 1, dense: 1 }, { recipe })
        ),
      ],
    },
  },
  ratio: {
    about: "nDCG@10 against the ratio R of synthetic to retrieved negatives, the number of negatives held fixed.",
    config: {
      ...FACETS,
      name: "ratio",
      arms: [
        UNTRAINED,
        ...RATIOS.map((r) =>
          tuned(`ratio-${r}`, { synthetic: RATIO_COUNT * r / (1 + r), dense: RATIO_COUNT / (1 + r) })
        ),
      ],
      sweep: {
        parameter: "ratio R = synthetic / retrieved",
        values: Object.fromEntries(RATIOS.map((r) => [`ratio-${r}`, r])),
      },
    },
  },
  temperature: {
    about: "nDCG@10 against the temperature of the loss, hybrid negatives.",
    config: {
      ...FACETS,
      name: "temperature",
      arms: [
        UNTRAINED,
        ...TEMPERATURES.map((temperature) => ({
          ...tuned(`temperature-${temperature}`, { synthetic: 1, dense: 1 }),
          train: { loss: { name: "infoNCE", temperature } },
        })),
      ],
      sweep: {
        parameter: "temperature",
        values: Object.fromEntries(TEMPERATURES.map((t) => [`temperature-${t}`, t])),
      },
    },
  },
};
