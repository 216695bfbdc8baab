import { KitError } from "../core/errors.ts";
import type { Parameter, TrainableEncoder } from "../encoders/types.ts";
import type { NEGATIVES } from "../tables/schema.ts";
import type { Table } from "../tables/table.ts";
import { drawEpoch, type EpochDraw } from "./batches/epochs.ts";
import { type TrainingData, trainingData } from "./batches/training_data.ts";
import type { TrainingPlan } from "./batches/training_plan.ts";
import type { Position } from "./checkpoints/position.ts";
import type { ResumeKey } from "./checkpoints/resume_key.ts";
import { type BestWeights, type LoadedState, saveState } from "./checkpoints/train_state.ts";
import { EVENT_NAMES, type EventLog } from "./event_log.ts";
import type { CheckpointEvent, DrawEvent, EvaluationEvent, RefreshEvent, StepEvent, TrainEvent } from "./events.ts";
import { notFinite } from "./faults.ts";
import { globalNorm, GradientSum } from "./optimizer/gradients.ts";
import type { Optimizer } from "./optimizer/optimizer.ts";
import { compileStep } from "./step.ts";
import type { Step } from "./step_types.ts";
import { StepGradients } from "./step_gradients.ts";
import type { StepReport } from "./step_report.ts";
import type { Settings } from "./train_settings.ts";

/** The whole state of a training, and what it works with. */
export interface TrainerState {
  readonly encoder: TrainableEncoder;
  readonly settings: Settings;
  readonly plan: TrainingPlan;
  /** Parameters that are not frozen. */
  readonly parameters: readonly Parameter[];
  readonly key: ResumeKey;
  /** Learning rate of a step, counted from 1. */
  readonly learningRate: (step: number) => number;
  readonly optimizer: Optimizer;
  readonly position: Position;
  readonly log: EventLog;
  readonly best: BestWeights;
  readonly signal?: AbortSignal;
  /** The checkpoint that was resumed. */
  readonly resumed?: LoadedState;
  /** The present negatives, and what training reads from them. */
  negatives: Table<typeof NEGATIVES>;
  data: TrainingData;
  /** The newest checkpoint. */
  saved?: { step: number; path: string };
}

/** Steps over which the time left is estimated. */
const RECENT = 20;

/** Trains step by step: each method moves the state once and returns its event; the order is that of `train`. */
export class Trainer {
  readonly state: TrainerState;
  readonly #start: number;
  readonly #gradients: StepGradients;
  readonly #bests: number[];
  readonly #seconds: number[] = [];
  #compiled?: Step;
  #weighted = false;
  #draw?: { key: string; groups: EpochDraw["groups"] };

  constructor(state: TrainerState) {
    this.state = state;
    this.#start = performance.now() - state.position.wall_ms;
    this.#bests = [state.position.best?.step ?? -1];
    this.#gradients = new StepGradients(state.settings, new GradientSum(state.parameters));
  }

  /** Compiles the step, again if weights have come. Call it before {@link step}. */
  async compile(): Promise<void> {
    const { encoder, parameters, settings, data: { weighted } } = this.state;
    await this.#compiled?.dispose();
    this.#compiled = await compileStep(encoder, parameters, { ...settings, weighted });
    this.#weighted = weighted;
  }

  /** Frees the compiled step. */
  async dispose(): Promise<void> {
    await this.#compiled?.dispose();
  }

  /** Step, epochs done and time of an event. */
  at(): { step: number; epoch: number; wallMs: number } {
    const { position, plan } = this.state;
    position.wall_ms = performance.now() - this.#start;
    const epoch = position.epoch + position.at / plan.stepsOf(position.epoch);
    return { step: position.step, epoch, wallMs: position.wall_ms };
  }

  /** Whether all steps are taken. */
  get finished(): boolean {
    return this.state.position.step >= this.state.plan.steps;
  }

  /** Whether the best weights are older than the evaluation's patience. */
  get stale(): boolean {
    const patience = this.state.settings.evaluate?.patience;
    return patience !== undefined && this.state.position.stale >= patience && !this.finished;
  }

  /** Evaluates the encoder if that is due, and keeps its weights if they are the best so far. */
  async evaluate(): Promise<EvaluationEvent | undefined> {
    const { encoder, position, best, signal, settings: { evaluate } } = this.state;
    if (!evaluate || position.evaluated >= position.step) return undefined;
    const due = position.step === 0 ? evaluate.initial ?? true : this.finished || this.#due(evaluate.every);
    if (!due) return undefined;
    const values = await evaluate.run(encoder, { step: position.step, signal });
    const value = checkedValue(values, evaluate.measure);
    const better = position.best === null || value > position.best.value;
    if (better) {
      await best.keep(position.step);
      position.best = { step: position.step, value };
    }
    position.stale = better ? 0 : position.stale + 1;
    position.evaluated = position.step;
    return this.#logged({ type: "evaluation", ...this.at(), values, best: better });
  }

  /** Mines new negatives if that is due. */
  async refresh(): Promise<RefreshEvent | undefined> {
    const { encoder, position, signal, negatives, settings } = this.state;
    const { refresh, collection } = settings;
    if (!refresh || position.step === 0 || !this.#due(refresh.every) || position.refreshed >= position.step) {
      return undefined;
    }
    const { step, epoch } = this.at();
    this.state.negatives = await refresh.mine(encoder, { negatives, step, epoch, signal });
    this.state.data = trainingData(collection, this.state.negatives, settings);
    if (this.state.data.weighted && !this.#weighted) await this.compile();
    position.refreshed = position.step;
    return this.#logged({ type: "refresh", ...this.at(), rows: this.state.negatives.length });
  }

  /** Draws the negatives of the present epoch, unless they are drawn; the event is of the first time only. */
  plan(): DrawEvent | undefined {
    const { position, data, negatives, plan, settings } = this.state;
    const key = `${position.epoch}:${position.refreshed}`;
    if (this.#draw?.key === key) return undefined;
    const draw = drawEpoch({ data, negatives, sampler: plan.sampler, epoch: position.epoch }, settings);
    plan.checkDraw(draw, position.epoch);
    this.#draw = { key, groups: draw.groups };
    if (position.drawn === key) return undefined;
    position.drawn = key;
    const { groups: { size: queries }, negatives: count, shortfalls } = draw;
    return this.#logged({ type: "draw", ...this.at(), queries, negatives: count, shortfalls });
  }

  /** Writes a checkpoint and removes those that are too old. */
  async save(): Promise<CheckpointEvent> {
    const { key, position, encoder, optimizer, log, negatives, plan, best, settings: { folder, keep } } = this.state;
    const state = { key, position, encoder, optimizer, events: log.table() };
    const path = await saveState(folder!, negatives === plan.negatives ? state : { ...state, negatives }, keep);
    this.#bests.push(position.best?.step ?? -1);
    await best.prune(new Set(this.#bests.slice(-keep)));
    this.state.saved = { step: position.step, path };
    return { type: "checkpoint", ...this.at(), path };
  }

  /** Takes one optimizer step on the draw of {@link plan}. */
  async step(): Promise<StepEvent> {
    const began = performance.now();
    const { encoder, position, plan, data, optimizer, saved, signal, learningRate, settings } = this.state;
    const step = position.step + 1;
    const checkpoint = saved?.path;
    const first = position.at * settings.accumulate;
    const parts = plan.batches(position.epoch).slice(first, first + settings.accumulate);
    const inputs = { compiled: this.#compiled!, groups: this.#draw!.groups, data, parts, step, checkpoint, signal };
    const { gradients, report } = await this.#gradients.compute(inputs);
    const norm = globalNorm(gradients);
    if (!Number.isFinite(norm)) {
      throw notFinite({ what: "gradient norm", value: norm, step, queries: parts.flat(), checkpoint });
    }
    optimizer.update(gradients, norm);
    encoder.invalidate();
    const epoch = this.#advance();
    this.#seconds.push((performance.now() - began) / 1000);
    return this.#logged(this.#stepEvent(report, { epoch, norm, learningRate: learningRate(step) }));
  }

  /** Moves the position by one step and returns the epochs done. */
  #advance(): number {
    const { position, plan } = this.state;
    const length = plan.stepsOf(position.epoch);
    position.step++;
    position.at++;
    const epoch = position.epoch + position.at / length;
    if (position.at === length) {
      plan.forget(position.epoch);
      position.epoch++;
      position.at = 0;
    }
    return epoch;
  }

  #stepEvent(
    report: StepReport,
    { epoch, norm, learningRate }: { epoch: number; norm: number; learningRate: number },
  ): StepEvent {
    const { position: { step }, plan: { steps } } = this.state;
    const recent = this.#seconds.slice(-RECENT);
    return {
      ...{ type: "step", step, steps, epoch, learningRate, gradientNorm: norm },
      loss: report.loss,
      lossBySource: report.lossBySource,
      positiveSimilarity: report.positiveSimilarity,
      negativeSimilarity: report.negativeSimilarity,
      tokens: report.tokens,
      tokensPerSecond: report.tokens / recent.at(-1)!,
      secondsLeft: (steps - step) * recent.reduce((a, b) => a + b) / recent.length,
      wallMs: this.at().wallMs,
    };
  }

  /** Every so many steps, or at the end of an epoch. */
  #due(every: number | undefined): boolean {
    const { position } = this.state;
    return every === undefined ? position.at === 0 && position.step > 0 : position.step % every === 0;
  }

  #logged<E extends TrainEvent>(event: E): E {
    this.state.log.add(event);
    return event;
  }
}

/** The value that decides. @throws {KitError} unless it is finite and no measure has the name of training's own events. */
function checkedValue(values: Readonly<Record<string, number>>, measure: string): number {
  const taken = Object.keys(values).find((name) => EVENT_NAMES.has(name));
  if (taken) throw new KitError(`Cannot record the evaluation: training's own events have the name "${taken}"`);
  const value = values[measure];
  if (value !== undefined && Number.isFinite(value)) return value;
  throw new KitError(`The evaluation gave ${value} for ${measure}, among ${Object.keys(values)}`);
}
