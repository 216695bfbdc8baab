import { LOSSES, SCHEDULES } from "../training/mod.ts";
import type { Values } from "./arguments.ts";
import { PROMPT_OPTIONS } from "./shared_options.ts";

/** Options of `deno task train`. */
export const TRAIN_FLAGS = {
  out: { type: "text", about: "folder for encoder/, events.arrow and checkpoints/", placeholder: "folder" },
  negatives: {
    type: "list",
    about: "Arrow file of negatives, one for each collection in their order [default: in-batch negatives only]",
    placeholder: "file",
  },
  encoder: {
    type: "text",
    about: "built-in, a folder or hf:owner/name@revision",
    placeholder: "name",
    default: "built-in",
  },
  ...PROMPT_OPTIONS,
  "max-length": { type: "integer", about: "most tokens per text [default: the model's]" },
  split: { type: "text", about: "split to train on", default: "train" },
  mix: {
    type: "text",
    about: "negatives per query by source, such as synthetic:1,bm25:3 [default: any source]",
    placeholder: "source:count,…",
  },
  "collection-temperature": {
    type: "number",
    about: "with several collections: 1 draws them by size, larger values draw small ones more often [default: 1]",
  },
  seed: { type: "integer", about: "seed of everything random", default: 0 },
  epochs: { type: "integer", about: "passes over the queries", default: 1 },
  steps: { type: "integer", about: "optimizer steps in all [default: from the epochs]" },
  "batch-size": { type: "integer", about: "queries per batch [default: 16]", formerly: "batch" },
  tokens: { type: "integer", about: "tokens per batch, instead of --batch-size" },
  "train-group-size": {
    type: "integer",
    about: "documents per query: one positive, the rest negatives [default: 8]",
    formerly: "group",
  },
  positives: { type: "integer", about: "most positives of a query per epoch", default: 1 },
  "in-batch": { type: "flag", about: "other queries' documents are negatives, too" },
  loss: { type: "text", about: "loss function", choices: LOSSES.parts, default: "infoNCE" },
  "loss-option": {
    type: "list",
    about: "option of the loss, such as beta=0.5 for hardWeighted; repeatable",
    placeholder: "name=value",
  },
  temperature: { type: "number", about: "short for --loss-option temperature=…" },
  margin: { type: "number", about: "short for --loss-option margin=…" },
  "mask-margin": { type: "number", about: "ignore in-batch negatives that score this far above the positive" },
  guide: { type: "text", about: "encoder that masks in-batch negatives (GIST)", placeholder: "name" },
  teacher: {
    type: "text",
    about: 'encoder to distill from, or "scores" of the negatives',
    placeholder: "name",
  },
  dimensions: { type: "text", about: "Matryoshka dimensions, such as 64,128,256", placeholder: "numbers" },
  "learning-rate": { type: "number", about: "peak learning rate", default: 2e-5 },
  schedule: { type: "text", about: "decay of the learning rate", choices: SCHEDULES, default: "linear" },
  warmup: { type: "number", about: "warm-up steps; below 1, a share of all steps", default: 0.1 },
  "weight-decay": { type: "number", about: "decoupled weight decay", default: 0.01, formerly: "decay" },
  clip: { type: "number", about: "largest gradient norm; 0 never clips", default: 1 },
  accumulate: { type: "integer", about: "batches per optimizer step", default: 1 },
  chunk: { type: "integer", about: "texts encoded at a time (GradCache) [default: all]" },
  dropout: { type: "number", about: "dropout probability", default: 0 },
  freeze: { type: "list", about: "parameters to keep, such as embeddings.*; repeatable", placeholder: "pattern" },
  "lora-rank": { type: "integer", about: "train an adapter of this rank (LoRA) in place of the weights" },
  "lora-alpha": { type: "number", about: "weight of the adapter [default: 2 x rank]" },
  "lora-dropout": { type: "number", about: "dropout probability of the adapter [default: 0]" },
  "lora-target": {
    type: "list",
    about: "matrices that get an adapter, such as query or Wqkv; repeatable [default: all-linear]",
    placeholder: "name",
  },
  evaluate: { type: "text", about: "split to evaluate on during training", placeholder: "split" },
  measure: { type: "text", about: "measure that selects the best weights", placeholder: "name", default: "nDCG@10" },
  "evaluate-every": { type: "integer", about: "steps between evaluations [default: one per epoch]" },
  patience: { type: "integer", about: "stop after this many evaluations without a new best" },
  "refresh-every": { type: "integer", about: "steps between minings with the encoder in training (ANCE)" },
  "checkpoint-every": { type: "integer", about: "steps between checkpoints", default: 100 },
  resume: { type: "flag", about: "resume from the latest checkpoint" },
  threads: { type: "integer", about: "threads per operation; 0 for one per core", default: 0 },
} as const;

/** Values of {@link TRAIN_FLAGS}. */
export type TrainFlags = Values<typeof TRAIN_FLAGS>;
