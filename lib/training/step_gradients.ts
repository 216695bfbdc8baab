import { random } from "../core/random.ts";
import { makeBatch } from "./batches/batch.ts";
import { CosineScorer } from "./batches/cosine_scorer.ts";
import { PairTeacher } from "./batches/pair_teacher.ts";
import type { EpochDraw } from "./batches/epochs.ts";
import type { TrainingData } from "./batches/training_data.ts";
import { checkContrast, checkTeacher, notFinite } from "./faults.ts";
import type { Gradient, GradientSum } from "./optimizer/gradients.ts";
import type { Step } from "./step_types.ts";
import { StepReport } from "./step_report.ts";
import type { Settings } from "./train_settings.ts";

/** What one optimizer step is computed from. */
export interface StepInputs {
  /** The compiled encoder, loss and gradients. */
  readonly compiled: Step;
  readonly data: TrainingData;
  readonly groups: EpochDraw["groups"];
  /** Query ids of each batch whose gradients are averaged. */
  readonly parts: readonly (readonly string[])[];
  /** From 1. */
  readonly step: number;
  /** Path of the last checkpoint, for messages. */
  readonly checkpoint?: string;
  readonly signal?: AbortSignal;
}

/** Computes the gradients of one optimizer step, averaged over its batches. */
export class StepGradients {
  readonly #settings: Settings;
  readonly #sum: GradientSum;
  readonly #guide?: CosineScorer;
  readonly #teacher?: CosineScorer | PairTeacher;

  constructor(settings: Settings, sum: GradientSum) {
    const { guide, teacher, loss } = settings;
    this.#settings = settings;
    this.#sum = sum;
    if (guide && loss.needs.guide) this.#guide = new CosineScorer(guide);
    if (teacher && teacher !== "scores" && loss.needs.teacher) {
      this.#teacher = teacher.kind === "cross-encoder" ? new PairTeacher(teacher) : new CosineScorer(teacher);
    }
  }

  /** @throws {KitError} if the loss of a batch is not finite, or a batch has nothing to learn from. */
  async compute(inputs: StepInputs): Promise<{ gradients: Gradient[]; report: StepReport }> {
    const { compiled, parts, step, checkpoint, signal } = inputs;
    const report = new StepReport();
    this.#sum.clear();
    for (const [part, queries] of parts.entries()) {
      const batch = this.#batch(inputs, queries);
      const matrices = {
        guide: await this.#guide?.scores(batch, signal),
        teacher: batch.teacher ?? await this.#teacher?.scores(batch, signal),
      };
      checkTeacher(batch, matrices);
      if (!this.#settings.inBatch && !this.#settings.loss.needs.levels) checkContrast(batch);
      const seed = random(this.#settings.seed).fork("dropout").fork(step).fork(part).bits();
      const run = { ...matrices, seed, sum: this.#sum, scale: 1 / parts.length, signal };
      const result = await compiled.run(batch, run);
      if (!Number.isFinite(result.loss)) {
        throw notFinite({ what: "loss", value: result.loss, step, queries: batch.queryIds, checkpoint });
      }
      report.add(batch, result);
    }
    return { gradients: this.#sum.gradients(), report };
  }

  #batch({ data, groups }: StepInputs, queries: readonly string[]): ReturnType<typeof makeBatch> {
    const { inBatch, loss, teacher } = this.#settings;
    return makeBatch(data, queries.map((id) => groups.get(id)!), {
      inBatch,
      levels: loss.needs.levels ?? false,
      teacherScores: teacher === "scores" && (loss.needs.teacher ?? false),
    });
  }
}
