import * as z from "zod";
import { FORMATS } from "../../negatives/mod.ts";
import { SOURCES } from "../../tables/mod.ts";
import { PART_SCHEMAS } from "./parts.ts";

const positive = z.number().positive();
const share = z.number().min(0).max(1);
const count = z.int().min(1);
const name = z.string().min(1);

const prompts = z.strictObject({ query: z.string().optional(), document: z.string().optional() });

const train = z.strictObject({
  epochs: count,
  batchSize: count,
  learningRate: positive,
  weightDecay: z.number().min(0),
  warmup: share,
  schedule: z.enum(["constant", "linear", "cosine"]),
  loss: PART_SCHEMAS.loss,
  wrap: PART_SCHEMAS.wrap.optional(),
  teacher: name.optional(),
  guide: name.optional(),
  documents: z.enum(["trained", "frozen"]).optional(),
  positives: count.optional(),
  weightField: name.optional(),
  accumulate: count.optional(),
  chunk: count.optional(),
  inBatch: z.boolean(),
  maxLength: z.int().min(4).nullable(),
  dropout: z.number().min(0).lt(1),
});

const negatives = z.strictObject({
  mix: z.strictObject(Object.fromEntries(SOURCES.map((source) => [source, z.number().min(0).optional()]))),
  mixing: PART_SCHEMAS.mixing.optional(),
  sampler: PART_SCHEMAS.sampler.optional(),
  filters: PART_SCHEMAS.filters.optional(),
  curriculum: PART_SCHEMAS.curriculum.optional(),
  recipe: z.string().optional(),
  refresh: PART_SCHEMAS.refresh.optional(),
});

const arm = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.+-]*$/).describe("a name of a-z, 0-9, dots, plus signs and hyphens"),
  method: z.enum(["fine-tuned", "untrained", "bm25"]),
  negatives: negatives.optional(),
  // One length for all arms, because the candidates are scored with it, too.
  train: train.omit({ maxLength: true }).partial().optional(),
  prompts: prompts.optional(),
});

/** Keys and domains of a configuration. Parts of registries are checked by their own options. */
export const CONFIG = z.strictObject({
  name,
  collection: name,
  encoder: name,
  prompts: prompts.optional(),
  holdOut: z.strictObject({ split: name, from: name, queries: name }).optional(),
  splits: z.strictObject({ train: z.string(), dev: z.string(), test: z.string() }),
  measures: z.array(z.string()).min(1),
  seed: z.int(),
  seeds: count,
  replies: name,
  negatives: z.array(z.union([name, z.strictObject({ file: name, format: z.enum(FORMATS.names) })])).optional(),
  filters: PART_SCHEMAS.filters.optional(),
  crossEncoder: name.optional(),
  judge: z.strictObject({ model: name, baseURL: name.optional(), ledger: name.optional(), recipe: name.optional() })
    .optional(),
  transfer: z.array(z.union([name, z.strictObject({ collection: name, split: name })])).optional(),
  keep: z.enum(["best", "all", "none"]).optional(),
  recipe: z.string(),
  threads: count,
  arms: z.array(arm).min(1),
  mining: z.strictObject({ depth: count, from: count, margin: share }),
  train,
  statistics: z.strictObject({
    baseline: z.string(),
    margin: positive,
    rounds: z.int().min(1000),
    confidence: z.number().gt(0).lt(1),
  }),
  trials: z.strictObject({
    budget: count,
    trials: z.array(z.strictObject({ settings: z.array(name), arms: z.array(name).min(1) })).min(1),
  }).optional(),
  sweep: z.strictObject({ parameter: z.string(), values: z.record(z.string(), z.number()) }).optional(),
});
