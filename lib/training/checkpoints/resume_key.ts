import type { TrainableEncoder } from "../../encoders/types.ts";
import type { Sampler } from "../../negatives/types.ts";
import type { Settings } from "../train_settings.ts";

/** What must match before a checkpoint can be resumed: everything that decides weights and events, by part and name. */
export interface ResumeKey {
  readonly model: Readonly<Record<string, unknown>>;
  readonly optimizer: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The resume key of a training; `negatives` is the digest of its table. */
export function resumeKey(
  encoder: TrainableEncoder,
  settings: Settings,
  { sampler, negatives }: { sampler: Sampler; negatives: string },
): ResumeKey {
  const { evaluate, refresh, guide, teacher, loss, collection, split } = settings;
  const { seed, epochs, steps, batchSize, tokens, trainGroupSize, positives, inBatch, learningRate, weightField } =
    settings;
  const { groups } = settings;
  const { schedule, warmup, clip, accumulate, chunk, dropout, freeze, lora, optimizer } = settings;
  return {
    model: { query: encoder.fingerprint("query"), document: encoder.fingerprint("document") },
    optimizer: JSON.parse(JSON.stringify({
      ...{ seed, epochs, steps, batchSize, tokens, trainGroupSize, positives, inBatch, loss: loss.name, learningRate },
      ...{ schedule, warmup, clip, accumulate, chunk, dropout, freeze, lora, optimizer, weightField, groups },
      ...{ evaluateEvery: evaluate?.every, measure: evaluate?.measure, patience: evaluate?.patience },
      ...{ evaluation: evaluate?.name, initial: evaluate?.initial, restore: evaluate?.restore },
      ...{ refreshEvery: refresh?.every, refresh: refresh?.name },
      sampler: { name: sampler.name, settings: sampler.settings },
      guide: guide?.fingerprint("document"),
      teacher: teacher === "scores" ? teacher : teacher?.fingerprint("document"),
    })),
    data: { collection: collection.digest, split, negatives },
  };
}

/** Former names in the checkpoints of version 0.1. */
const FORMER: Readonly<Record<string, string>> = { batch: "batchSize", group: "trainGroupSize" };

/** The optimizer's part of a checkpoint's key by today's names. */
export function currentNames(optimizer: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(optimizer).map(([key, value]) => [FORMER[key] ?? key, key === "optimizer" ? decays(value) : value]),
  );
}

/** AdamW's settings with `decay` as `weightDecay`, its groups included. */
function decays(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decays);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key === "decay" ? "weightDecay" : key, decays(inner)]),
  );
}
