import { ArgumentError } from "../core/errors.ts";
import { stopSignal } from "../core/stop.ts";
import type { LoraOptions } from "../encoders/adapters/lora_options.ts";
import type { TrainableEncoder } from "../encoders/types.ts";
import { trainingData } from "./batches/training_data.ts";
import type { TrainingPlan } from "./batches/training_plan.ts";
import { listCheckpoints } from "./checkpoints/checkpoint.ts";
import { startPosition } from "./checkpoints/position.ts";
import { resumeKey } from "./checkpoints/resume_key.ts";
import { BestWeights, loadState, tableDigest } from "./checkpoints/train_state.ts";
import { EventLog } from "./event_log.ts";
import { adamW } from "./optimizer/adamw.ts";
import { makeOptimizer } from "./optimizer/optimizer.ts";
import { trainable } from "./optimizer/patterns.ts";
import { schedule } from "./optimizer/schedule.ts";
import type { Settings } from "./train_settings.ts";
import { Trainer } from "./trainer.ts";

/**
 * A trainer at its first step, or resumed from the newest checkpoint.
 *
 * @throws {ArgumentError} if the folder holds checkpoints and the training is not resumed.
 * @throws {KitError} if a checkpoint is broken, or of another model, optimizer or data.
 */
export async function openTrainer(
  encoder: TrainableEncoder,
  settings: Settings,
  plan: TrainingPlan,
): Promise<Trainer> {
  const { folder, evaluate, collection } = settings;
  if (folder && !settings.resume && (await listCheckpoints(folder)).length > 0) {
    throw new ArgumentError(`Cannot train into ${folder}: it holds checkpoints; resume, or name another folder`, {
      field: "folder",
    });
  }
  if (settings.lora) adapt(encoder, { seed: settings.seed, ...settings.lora });
  const parameters = trainable(encoder.parameters, settings.freeze);
  const key = resumeKey(encoder, settings, { sampler: plan.sampler, negatives: tableDigest(plan.negatives) });
  const factor = schedule(settings.schedule, { steps: plan.steps, warmup: settings.warmup });
  const learningRate = (step: number) => settings.learningRate * factor(step);
  const optimizer = makeOptimizer(parameters, adamW({ learningRate, clip: settings.clip }, settings.optimizer));
  const rules = { measure: evaluate?.measure, stepsOf: (epoch: number) => plan.stepsOf(epoch) };
  const loaded = settings.resume ? await loadState(folder!, { key, encoder, optimizer, rules }) : undefined;
  const position = loaded?.position ?? startPosition();
  const negatives = loaded?.negatives ?? plan.negatives;
  encoder.invalidate();
  return new Trainer({
    ...{ encoder, settings, plan, parameters, key, learningRate, optimizer, position, negatives },
    data: loaded?.negatives ? trainingData(collection, negatives, settings) : plan.data,
    log: new EventLog(loaded?.events),
    best: new BestWeights(encoder, folder),
    signal: stopSignal(settings.signal),
    saved: loaded && { step: position.step, path: loaded.path },
    resumed: loaded,
  });
}

function adapt(encoder: TrainableEncoder, options: LoraOptions): void {
  if (!encoder.adapt) {
    throw new ArgumentError(
      `Cannot add an adapter to ${encoder.name}: lora needs a transformer, found a ${encoder.kind} encoder`,
      {
        field: "lora",
      },
    );
  }
  encoder.adapt(options);
}
