import { checkEncoder } from "../encoders/check_encoder.ts";
import { join } from "node:path";
import { ArgumentError, CancelledError, checkCancelled, KitError } from "../core/errors.ts";
import { lockFile } from "../core/lock.ts";
import { random } from "../core/random.ts";
import { stopSignal } from "../core/stop.ts";
import { writeTable } from "../files/arrow/ipc.ts";
import type { TrainableEncoder } from "../encoders/types.ts";
import { adamW } from "./optimizer/adamw.ts";
import { makeOptimizer } from "./optimizer/optimizer.ts";
import { makeBatch } from "./batches/batch.ts";
import { listCheckpoints } from "./checkpoints/checkpoint.ts";
import { CosineScorer } from "./batches/cosine_scorer.ts";
import { drawEpoch, type EpochDraw } from "./batches/epochs.ts";
import { EVENT_NAMES, EventLog } from "./event_log.ts";
import { checkContrast, checkTeacher, notFinite } from "./faults.ts";
import { globalNorm, GradientSum } from "./optimizer/gradients.ts";
import { resumeKey } from "./checkpoints/resume_key.ts";
import type { Matrices } from "./loss_graph.ts";
import { trainable } from "./optimizer/patterns.ts";
import { startPosition } from "./checkpoints/position.ts";
import { schedule } from "./optimizer/schedule.ts";
import { compileStep } from "./step.ts";
import { StepReport } from "./step_report.ts";
import { type Settings, settingsOf, type TrainOptions } from "./train_options.ts";
import { BestWeights, loadState, saveState, tableDigest } from "./checkpoints/train_state.ts";
import { trainingData } from "./batches/training_data.ts";
import { TrainingPlan } from "./batches/training_plan.ts";
import type { DoneEvent, TrainEvent } from "./events.ts";

/**
 * Fine-tunes an encoder in place and tells what happens as it happens: the notebook's curves, the terminal's progress
 * and the run's record all read this one stream. The last event is `done`; the encoder then holds the final weights, or
 * the best ones where `evaluate` decided.
 *
 * With `folder`, checkpoints are written whole or not at all, and a run that was killed at any moment goes on with
 * `resume` to bit-identical weights and the same events (times apart). When the signal aborts, or a notebook's stop
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
 * import { infoNCE, loadCollection, loadEncoder, mine, train } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const encoder = await loadEncoder("built-in");
 * const negatives = await mine(facets, { source: "bm25", depth: 20 });
 * const options = { collection: facets, negatives, loss: infoNCE({ temperature: 0.05 }), learningRate: 1e-3, steps: 3 };
 * for await (const event of train(encoder, options)) if (event.type === "step") console.log(event.step, event.loss);
 * ```
 */
export async function* train(encoder: TrainableEncoder, options: TrainOptions): AsyncGenerator<TrainEvent, void> {
  checkEncoder("train", encoder);
  const settings = settingsOf(options);
  const plan = new TrainingPlan(encoder, settings);
  const { folder } = settings;
  const doing = settings.resume ? "resume the training" : "train";
  const lock = folder === undefined ? undefined : await lockFile(join(folder, "train.lock"), { doing });
  try {
    yield* trainPlan(encoder, settings, plan);
  } finally {
    await lock?.release();
  }
}

/** Trains as {@link train} says, once nothing stands against it. */
async function* trainPlan(
  encoder: TrainableEncoder,
  settings: Settings,
  plan: TrainingPlan,
): AsyncGenerator<TrainEvent, void> {
  const { collection, folder, evaluate, refresh, loss, seed, accumulate } = settings;
  const signal = stopSignal(settings.signal);
  const { sampler, steps, negatives: given, data: firstData } = plan;
  const parameters = trainable(encoder.parameters, settings.freeze);
  const key = resumeKey(encoder, settings, { sampler, negatives: tableDigest(given) });
  if (folder && !settings.resume && (await listCheckpoints(folder)).length > 0) {
    throw new ArgumentError(`Cannot train into ${folder}: it holds checkpoints; resume, or name another folder`, {
      field: "folder",
    });
  }

  const factor = schedule(settings.schedule, { steps, warmup: settings.warmup });
  const rate = (step: number) => settings.learningRate * factor(step);
  const optimizer = makeOptimizer(
    parameters,
    adamW({ learningRate: rate, clip: settings.clip }, settings.optimizer),
  );

  const loaded = settings.resume
    ? await loadState(folder!, {
      ...{ key, encoder, optimizer },
      rules: { measure: evaluate?.measure, stepsOf: (epoch) => plan.stepsOf(epoch) },
    })
    : undefined;
  const position = loaded?.position ?? startPosition();
  const log = new EventLog(loaded?.events);
  const best = new BestWeights(encoder, folder);
  let negatives = loaded?.negatives ?? given;
  let data = loaded?.negatives ? trainingData(collection, negatives, settings.split) : firstData;
  let draw: { key: string; groups: EpochDraw["groups"] } | undefined;
  const bests: number[] = [position.best?.step ?? -1];
  let saved = loaded ? { step: position.step, path: loaded.path } : undefined;
  const start = performance.now() - position.wall_ms;
  const wall = () => position.wall_ms = performance.now() - start;
  const epochsDone = () => position.epoch + position.at / plan.stepsOf(position.epoch);
  const here = () => ({ step: position.step, epoch: epochsDone(), wallMs: wall() });
  const told = <E extends TrainEvent>(event: E): E => (log.add(event), event);
  const save = async () => {
    const state = { key, position, encoder, optimizer, events: log.table() };
    const path = await saveState(folder!, negatives === given ? state : { ...state, negatives }, settings.keep);
    bests.push(position.best?.step ?? -1);
    await best.prune(new Set(bests.slice(-settings.keep)));
    saved = { step: position.step, path };
    return { type: "checkpoint" as const, ...here(), path };
  };

  encoder.invalidate();
  if (loaded) yield { type: "resume", ...here(), path: loaded.path, events: loaded.events };
  const compiled = await compileStep(encoder, parameters, settings);
  const sum = new GradientSum(parameters);
  const guide = settings.guide && loss.needs.guide ? new CosineScorer(settings.guide) : undefined;
  const teacher = settings.teacher && settings.teacher !== "scores" && loss.needs.teacher
    ? new CosineScorer(settings.teacher)
    : undefined;
  const durations: number[] = [];
  let reason: DoneEvent["reason"] = "finished";
  let stopped = false;
  try {
    while (true) {
      checkCancelled(signal, "training");
      const last = position.step >= steps;
      const epochEnd = position.at === 0 && position.step > 0;
      const due = (every: number | undefined) => every === undefined ? epochEnd : position.step % every === 0;
      if (evaluate && position.evaluated < position.step) {
        const wanted = position.step === 0 ? evaluate.initial ?? true : last || due(evaluate.every);
        if (wanted) {
          const values = await evaluate.run(encoder, { step: position.step, signal });
          const taken = Object.keys(values).find((name) => EVENT_NAMES.has(name));
          if (taken) throw new KitError(`Cannot record the evaluation: training's own events have the name "${taken}"`);
          const value = values[evaluate.measure];
          if (value === undefined || !Number.isFinite(value)) {
            throw new KitError(`The evaluation gave ${value} for ${evaluate.measure}, among ${Object.keys(values)}`);
          }
          const better = position.best === null || value > position.best.value;
          if (better) {
            await best.keep(position.step);
            position.best = { step: position.step, value };
          }
          position.stale = better ? 0 : position.stale + 1;
          position.evaluated = position.step;
          yield told({ type: "evaluation", ...here(), values, best: better });
        }
      }
      if (evaluate?.patience !== undefined && position.stale >= evaluate.patience && !last) reason = "early-stop";
      if (last || reason === "early-stop") break;
      if (refresh && position.step > 0 && due(refresh.every) && position.refreshed < position.step) {
        const at = { negatives, step: position.step, epoch: epochsDone(), signal };
        negatives = await refresh.mine(encoder, at);
        data = trainingData(collection, negatives, settings.split);
        position.refreshed = position.step;
        yield told({ type: "refresh", ...here(), rows: negatives.length });
      }
      const drawKey = `${position.epoch}:${position.refreshed}`;
      if (draw?.key !== drawKey) {
        const drawn = drawEpoch(data, negatives, sampler, position.epoch, settings);
        plan.checkDraw(drawn, position.epoch);
        draw = { key: drawKey, groups: drawn.groups };
        if (position.drawn !== drawKey) {
          position.drawn = drawKey;
          const { shortfalls } = drawn;
          yield told({ type: "draw", ...here(), queries: drawn.groups.size, negatives: drawn.negatives, shortfalls });
        }
      }
      if (folder && position.step % settings.checkpointEvery === 0 && saved?.step !== position.step) yield await save();

      const began = performance.now();
      const step = position.step + 1;
      const parts = plan.batches(position.epoch).slice(position.at * accumulate, (position.at + 1) * accumulate);
      const report = new StepReport();
      sum.clear();
      for (const [part, queries] of parts.entries()) {
        const batch = makeBatch(data, queries.map((id) => draw!.groups.get(id)!), {
          inBatch: settings.inBatch,
          levels: loss.needs.levels ?? false,
          teacherScores: settings.teacher === "scores" && (loss.needs.teacher ?? false),
        });
        const matrices: Matrices = {
          guide: await guide?.scores(batch, signal),
          teacher: batch.teacher ?? await teacher?.scores(batch, signal),
        };
        checkTeacher(batch, matrices);
        if (!settings.inBatch && !loss.needs.levels) checkContrast(batch);
        const stream = random(seed).fork("dropout").fork(step).fork(part);
        const run = { ...matrices, seed: stream.bits(), sum, scale: 1 / parts.length, signal };
        const result = await compiled.run(batch, run);
        if (!Number.isFinite(result.loss)) throw notFinite("loss", result.loss, step, batch.queryIds, saved?.path);
        report.add(batch, result);
      }
      const gradients = sum.gradients();
      const norm = globalNorm(gradients);
      if (!Number.isFinite(norm)) throw notFinite("gradient norm", norm, step, parts.flat(), saved?.path);
      const learningRate = rate(step);
      optimizer.update(gradients, norm);
      encoder.invalidate();
      const epochLength = plan.stepsOf(position.epoch);
      position.step = step;
      position.at++;
      const epoch = position.epoch + position.at / epochLength;
      if (position.at === epochLength) {
        plan.forget(position.epoch);
        position.epoch++;
        position.at = 0;
      }
      durations.push((performance.now() - began) / 1000);
      const recent = durations.slice(-20);
      const seconds = recent.reduce((a, b) => a + b) / recent.length;
      yield told({
        type: "step",
        step,
        steps,
        epoch,
        loss: report.loss,
        lossBySource: report.lossBySource,
        learningRate: learningRate,
        gradientNorm: norm,
        positiveSimilarity: report.positiveSimilarity,
        negativeSimilarity: report.negativeSimilarity,
        tokens: report.tokens,
        tokensPerSecond: report.tokens / durations.at(-1)!,
        secondsLeft: (steps - step) * seconds,
        wallMs: wall(),
      });
    }
  } catch (error) {
    if (!(error instanceof CancelledError) || !signal?.aborted) throw error;
    stopped = true;
  } finally {
    await compiled.dispose();
  }
  if (folder) {
    if (saved?.step !== position.step || !stopped) yield await save();
    await writeTable(join(folder, "events.arrow"), log.table(), { overwrite: true });
  }
  if (stopped) {
    yield { type: "stopped", ...here(), steps };
    const further = saved ? `; resume from ${saved.path}` : "";
    throw new CancelledError(`Stopped training at step ${position.step} of ${steps}${further}`);
  }
  if ((settings.evaluate?.restore ?? true) && position.best && position.best.step !== position.step) {
    await best.restore(position.best.step);
  }
  yield { type: "done", ...here(), reason, events: log.table() };
}
