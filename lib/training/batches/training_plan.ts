import { ArgumentError } from "../../core/errors.ts";
import { checkEncoder } from "../../encoders/check_encoder.ts";
import { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import { tableOf } from "../../tables/table_builder.ts";
import type { TrainableEncoder } from "../../encoders/types.ts";
import type { Sampler } from "../../negatives/types.ts";
import { uniform } from "../../negatives/sampling/mod.ts";
import { batchesOf, drawEpoch, type EpochDraw } from "./epochs.ts";
import type { TrainOptions } from "../train_options.ts";
import { type Settings, settingsOf } from "../train_settings.ts";
import { type TrainingData, trainingData } from "./training_data.ts";

/** Epochs whose draws are checked before the first step; later ones are checked when they are drawn. */
const FORESEEN = 20;

/** Which queries train in which batch of which epoch; each epoch is planned when it begins. */
export class TrainingPlan {
  /** The negatives at the beginning. */
  readonly negatives: Table<typeof NEGATIVES>;
  readonly sampler: Sampler;
  readonly data: TrainingData;
  /** Optimizer steps in all. */
  readonly steps: number;
  readonly #encoder: TrainableEncoder;
  readonly #settings: Settings;
  readonly #lengths = new Map<string, number>();
  readonly #batches = new Map<number, string[][]>();
  readonly #counts = new Map<number, number>();

  /** @throws {ArgumentError} if there is nothing to train on: a source without rows, a batch without negatives. */
  constructor(encoder: TrainableEncoder, settings: Settings) {
    const { collection, trainGroupSize, seed, epochs } = settings;
    this.#encoder = encoder;
    this.#settings = settings;
    this.negatives = settings.negatives ?? tableOf(NEGATIVES, []);
    this.sampler = settings.sampler ?? uniform({ count: trainGroupSize - 1, seed });
    this.data = trainingData(collection, this.negatives, settings);
    this.#checkSources();
    this.steps = settings.steps ??
      Array.from({ length: epochs }, (_, epoch) => this.stepsOf(epoch)).reduce((a, b) => a + b);
    this.#checkBatches();
  }

  /** Batches of an epoch as query ids. Planned from the first negatives, so that a refresh does not change them. */
  batches(epoch: number): string[][] {
    let batches = this.#batches.get(epoch);
    if (!batches) {
      batches = this.#planned(epoch);
      this.#batches.set(epoch, batches);
    }
    return batches;
  }

  /** Optimizer steps of an epoch. */
  stepsOf(epoch: number): number {
    return Math.ceil(this.#batchCount(epoch) / this.#settings.accumulate);
  }

  /** Follows from the number of queries, without a plan; with a budget of tokens, the epoch is planned and only counted. */
  #batchCount(epoch: number): number {
    const { batchSize } = this.#settings;
    if (batchSize !== undefined) {
      return groupSizes(this.data).reduce((sum, size) => sum + Math.ceil(size / batchSize), 0);
    }
    let count = this.#counts.get(epoch);
    if (count === undefined) {
      count = (this.#batches.get(epoch) ?? this.#planned(epoch)).length;
      this.#counts.set(epoch, count);
    }
    return count;
  }

  /** Frees the batches of a finished epoch. */
  forget(epoch: number): void {
    this.#batches.delete(epoch);
  }

  /**
   * Refuses a draw that leaves a batch nothing to learn from. Without in-batch negatives that is a batch whose queries
   * have none of their own; with them, only an epoch in which every batch is one query without any.
   *
   * @throws {ArgumentError} with counts.
   */
  checkDraw(draw: EpochDraw, epoch: number): void {
    const { inBatch, split } = this.#settings;
    const without = [...draw.groups.values()].filter(({ negatives }) => negatives.length === 0).length;
    if (without === 0) return;
    const batches = this.batches(epoch);
    const idle =
      batches.filter((batch) =>
        (!inBatch || batch.length === 1) && batch.every((id) => draw.groups.get(id)!.negatives.length === 0)
      ).length;
    if (inBatch ? idle < batches.length : idle === 0) return;
    const queries = `${without} of the ${draw.groups.size} queries of "${split}"`;
    throw new ArgumentError(
      inBatch
        ? `Cannot train on batches of one query: ${queries} have no negative of their own. Use larger batches`
        : without === draw.groups.size
        ? `Cannot train: in-batch negatives are off, and none of the ${without} queries of "${split}" has a negative ` +
          `(${this.negatives.length} rows, ${this.data.kept} kept)`
        : `Cannot train: in-batch negatives are off, and ${idle} of the ${batches.length} batches of epoch ${
          epoch + 1
        } ` +
          `have no negative (${queries} have none). Mine more, use larger batches, or add in-batch negatives`,
      { field: "negatives" },
    );
  }

  #planned(epoch: number): string[][] {
    const { data } = this;
    const draw = this.#draw(epoch);
    return batchesOf({ data, draw, encoder: this.#encoder, epoch, lengths: this.#lengths }, this.#settings);
  }

  #draw(epoch: number): EpochDraw {
    return drawEpoch({ data: this.data, negatives: this.negatives, sampler: this.sampler, epoch }, this.#settings);
  }

  #checkSources(): void {
    const { refresh, split } = this.#settings;
    const found = new Map<string, number>();
    const [source, verdict] = [this.negatives.column("source"), this.negatives.column("verdict")];
    for (let row = 0; row < this.negatives.length; row++) {
      if (verdict.at(row) === "kept") found.set(source.at(row), (found.get(source.at(row)) ?? 0) + 1);
    }
    // What is mined while training may be missing before.
    const missing = this.sampler.sources?.filter((name) => !found.has(name) && !(name === "model" && refresh));
    if (!missing?.length) return;
    const counts = [...found].sort().map(([name, count]) => `${count} ${name}`).join(", ") || "none at all";
    throw new ArgumentError(
      `Cannot train: ${
        missing.join(" and ")
      } negatives are asked for, and the table of ${this.negatives.length} rows ` +
        `has none that is kept (kept for "${split}": ${counts})`,
      { field: "sampler" },
    );
  }

  #checkBatches(): void {
    let step = 0;
    for (let epoch = 0; step < this.steps && epoch < FORESEEN; epoch++) {
      const draw = this.#draw(epoch);
      // With in-batch negatives, the first epoch suffices: batches of other epochs have the same sizes.
      if (this.#settings.inBatch) return this.checkDraw(draw, epoch);
      this.checkDraw(draw, epoch);
      step += this.stepsOf(epoch);
    }
  }
}

/** Queries of each group; of all queries, if there are no groups. */
function groupSizes({ queries, groups }: TrainingData): number[] {
  if (!groups) return [queries.length];
  const sizes = new Map<string, number>();
  for (const group of groups.values()) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return [...sizes.values()];
}

/**
 * Validates a training without running it.
 *
 * @throws {ArgumentError} if an option is outside its domain, a source that the sampler names has no rows, or a batch has
 * no negative.
 *
 * @example
 * ```ts
 * import { checkTraining, loadCollection, loadEncoder } from "@syneg/kit";
 * checkTraining(await loadEncoder("built-in"), { collection: await loadCollection("facets") });
 * ```
 *
 * @category Training
 */
export function checkTraining(encoder: TrainableEncoder, options: TrainOptions): void {
  checkEncoder("checkTraining", encoder);
  new TrainingPlan(encoder, settingsOf(options));
}
