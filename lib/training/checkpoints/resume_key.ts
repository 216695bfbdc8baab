import type { TrainableEncoder } from "../../encoders/types.ts";
import type { Sampler } from "../../negatives/types.ts";
import type { Settings } from "../train_options.ts";
import type { Identity } from "./train_state.ts";

/** What must be the same for a training to go on from a checkpoint: all that decides its weights and events. */
export function identityOf(
  encoder: TrainableEncoder,
  settings: Settings,
  sampler: Sampler,
  negatives: string,
): Identity {
  const { seed, epochs, steps, batch, tokens, group, positives, inBatch, loss, learningRate, warmup, clip } = settings;
  const { accumulate, chunk, dropout, freeze, optimizer, evaluate, refresh, collection, split } = settings;
  const { guide, teacher } = settings;
  return {
    model: { query: encoder.fingerprint("query"), document: encoder.fingerprint("document") },
    optimizer: JSON.parse(JSON.stringify({
      ...{ seed, epochs, steps, batch, tokens, group, positives, inBatch, loss: loss.name, learningRate, warmup, clip },
      ...{ schedule: settings.schedule, accumulate, chunk, dropout, freeze, optimizer },
      ...{ evaluateEvery: evaluate?.every, measure: evaluate?.measure, patience: evaluate?.patience },
      ...{ evaluation: evaluate?.name, initial: evaluate?.initial, restore: evaluate?.restore },
      ...{
        refreshEvery: refresh?.every,
        refresh: refresh?.name,
        sampler: { name: sampler.name, settings: sampler.settings },
      },
      ...{ guide: guide?.fingerprint("document") },
      ...{ teacher: teacher === "scores" ? teacher : teacher?.fingerprint("document") },
    })),
    data: { collection: collection.digest, split, negatives },
  };
}
