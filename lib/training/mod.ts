/**
 * Training: fine-tunes an encoder with losses over a query's positives and negatives.
 *
 * @module
 */
export { train } from "./train.ts";
export type { TrainEvaluation, TrainGroups, TrainOptions, TrainRefresh } from "./train_options.ts";
export { checkTraining } from "./batches/training_plan.ts";
export type {
  CheckpointEvent,
  DoneEvent,
  DrawEvent,
  EvaluationEvent,
  RefreshEvent,
  ResumeEvent,
  StepEvent,
  StoppedEvent,
  TrainEvent,
} from "./events.ts";
export * as losses from "./losses/mod.ts";
export {
  bixse,
  type BiXSEOptions,
  causalNeg,
  type CausalNegOptions,
  debiased,
  type DebiasedOptions,
  distillation,
  type DistillationOptions,
  gist,
  type GistOptions,
  hardWeighted,
  type HardWeightedOptions,
  infoNCE,
  type InfoNCEOptions,
  type Loss,
  LOSS_WRAPPERS,
  type LossConfig,
  LOSSES,
  type LossInputs,
  type LossNeeds,
  lossOf,
  type LossPart,
  type LossWrapperPart,
  marginMSE,
  type MarginMSEOptions,
  masked,
  type MaskedOptions,
  matryoshka,
  type MatryoshkaOptions,
  triplet,
  type TripletOptions,
  wasserstein,
  type WassersteinOptions,
} from "./losses/mod.ts";
export { IN_BATCH_NEGATIVE, OWN_NEGATIVE } from "./relations.ts";
export { adamW, type AdamWOptions, type AdamWRun } from "./optimizer/adamw.ts";
export {
  chain,
  type OptimizerLink,
  type OptimizerState,
  type Range,
  type StepContext,
  type Update,
} from "./optimizer/link.ts";
export { clipByNorm } from "./optimizer/clip_by_norm.ts";
export { decayWeights } from "./optimizer/decay_weights.ts";
export type { Gradient } from "./optimizer/gradients.ts";
export { makeOptimizer, type Optimizer } from "./optimizer/optimizer.ts";
export type { ParameterGroup } from "./optimizer/parameter_groups.ts";
export { type AdamNumbers, scaleByAdam } from "./optimizer/scale_by_adam.ts";
export { scaleByGroup } from "./optimizer/scale_by_group.ts";
export { scaleBySchedule } from "./optimizer/scale_by_schedule.ts";
export { schedule, type ScheduleName, type ScheduleOptions, SCHEDULES } from "./optimizer/schedule.ts";
