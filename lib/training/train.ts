import { join } from "node:path";
import { CancelledError, checkCancelled } from "../core/errors.ts";
import { lockFile } from "../core/lock.ts";
import { checkEncoder } from "../encoders/check_encoder.ts";
import type { TrainableEncoder } from "../encoders/types.ts";
import { writeTable } from "../files/arrow/ipc.ts";
import { TrainingPlan } from "./batches/training_plan.ts";
import type { DoneEvent, TrainEvent } from "./events.ts";
import { openTrainer } from "./open_trainer.ts";
import type { TrainOptions } from "./train_options.ts";
import { settingsOf } from "./train_settings.ts";
import type { Trainer } from "./trainer.ts";

/**
 * Fine-tunes an encoder in place and yields an event for everything that happens: the notebook's curves, the terminal's
 * progress and the run's record all read this one stream. The last event is `done`; the encoder then holds the final
 * weights, or the best ones if `evaluate` decides.
 *
 * With `folder`, checkpoints are written whole or not at all, and a run that was killed at any moment
 * resumes to bit-identical weights and the same events (except for times). When the signal aborts, or a notebook's stop
 * button is pressed, training stops within one step: the last finished one is saved, `stopped` is the last event, and a
 * `CancelledError` follows, so that nothing takes the half-trained encoder for a trained one.
 *
 * @throws {ArgumentError} before any work, if an option is outside its domain.
 * @throws {KitError} if the loss or its gradient is no longer finite (with step, queries and last checkpoint), or a
 * checkpoint is of another model, optimizer or data.
 * @throws {CancelledError} if it was stopped.
 *
 * @example
 * ```ts
 * import { infoNCE } from "@syneg/kit/losses";
 * import { loadCollection, loadEncoder, mine, train } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const encoder = await loadEncoder("built-in");
 * const negatives = await mine(facets, { source: "bm25", depth: 20 });
 * const options = { collection: facets, negatives, loss: infoNCE({ temperature: 0.05 }), learningRate: 1e-3, steps: 3 };
 * for await (const event of train(encoder, options)) if (event.type === "step") console.log(event.step, event.loss);
 * ```
 *
 * @category Training
 */
export async function* train(encoder: TrainableEncoder, options: TrainOptions): AsyncGenerator<TrainEvent, void> {
  checkEncoder("train", encoder);
  const settings = settingsOf(options);
  const plan = new TrainingPlan(encoder, settings);
  const { folder } = settings;
  const doing = settings.resume ? "resume the training" : "train";
  const lock = folder === undefined ? undefined : await lockFile(join(folder, "train.lock"), { doing });
  try {
    const trainer = await openTrainer(encoder, settings, plan);
    const { resumed } = trainer.state;
    if (resumed) yield { type: "resume", ...trainer.at(), path: resumed.path, events: resumed.events };
    const end = yield* untilEnd(trainer);
    yield* finish(trainer, end);
  } finally {
    await lock?.release();
  }
}

/** How the steps ended. */
type End = DoneEvent["reason"] | "stopped";

/** All steps, until the last one, an early stop, or the signal. */
async function* untilEnd(trainer: Trainer): AsyncGenerator<TrainEvent, End> {
  const { signal } = trainer.state;
  await trainer.compile();
  try {
    while (true) {
      checkCancelled(signal, "training");
      const evaluation = await trainer.evaluate();
      if (evaluation) yield evaluation;
      if (trainer.finished) return "finished";
      if (trainer.stale) return "early-stop";
      const refresh = await trainer.refresh();
      if (refresh) yield refresh;
      const draw = trainer.plan();
      if (draw) yield draw;
      if (checkpointDue(trainer)) yield await trainer.save();
      yield await trainer.step();
    }
  } catch (error) {
    if (!(error instanceof CancelledError) || !signal?.aborted) throw error;
    return "stopped";
  } finally {
    await trainer.dispose();
  }
}

function checkpointDue({ state: { settings: { folder, checkpointEvery }, position, saved } }: Trainer): boolean {
  return folder !== undefined && position.step % checkpointEvery === 0 && saved?.step !== position.step;
}

/** Saves what is left to save, and restores the best weights unless the training was stopped. */
async function* finish(trainer: Trainer, end: End): AsyncGenerator<TrainEvent, void> {
  const { settings: { folder, evaluate }, position, log, best, plan: { steps } } = trainer.state;
  if (folder) {
    if (trainer.state.saved?.step !== position.step || end !== "stopped") yield await trainer.save();
    await writeTable(join(folder, "events.arrow"), log.table(), { overwrite: true });
  }
  if (end === "stopped") {
    yield { type: "stopped", ...trainer.at(), steps };
    const { saved } = trainer.state;
    const further = saved ? `; resume from ${saved.path}` : "";
    throw new CancelledError(`Stopped training at step ${position.step} of ${steps}${further}`);
  }
  if ((evaluate?.restore ?? true) && position.best && position.best.step !== position.step) {
    await best.restore(position.best.step);
  }
  yield { type: "done", ...trainer.at(), reason: end, events: log.table() };
}
