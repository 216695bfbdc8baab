import { random } from "../../core/random.ts";
import type { NEGATIVES } from "../../tables/schema.ts";
import type { Table } from "../../tables/table.ts";
import type { TrainableEncoder } from "../../encoders/types.ts";
import type { Sampler } from "../../negatives/types.ts";
import type { Group } from "./batch.ts";
import { planBatches } from "./batch_plan.ts";
import { groupedBatches } from "./grouped_batches.ts";
import type { Settings } from "../train_settings.ts";
import type { TrainingData } from "./training_data.ts";
import type { KnownPositive } from "./training_positives.ts";

/** What a sampler drew for an epoch. */
export interface EpochDraw {
  readonly groups: ReadonlyMap<string, Group>;
  /** Negatives in all. */
  readonly negatives: number;
  /** Queries and sources that got fewer than asked for. */
  readonly shortfalls: number;
}

/** What an epoch is drawn from. */
export interface DrawInputs {
  readonly data: TrainingData;
  readonly negatives: Table<typeof NEGATIVES>;
  readonly sampler: Sampler;
  readonly epoch: number;
}

/** The groups of one epoch: a pure function of table, seed and epoch. */
export function drawEpoch(
  { data, negatives, sampler, epoch }: DrawInputs,
  { seed, positives }: Pick<Settings, "seed" | "positives">,
): EpochDraw {
  const { instances, shortfalls } = data.kept === 0
    ? { instances: [], shortfalls: [] }
    : sampler.draw(negatives, data.positiveIds, epoch);
  const drawn = new Map(instances.map((instance) => [instance.queryId, instance.negatives]));
  const stream = random(seed).fork("positives").fork(epoch);
  const groups = new Map<string, Group>();
  let count = 0;
  for (const query_id of data.queries) {
    const known = data.positives.get(query_id)!;
    const rows = drawn.get(query_id) ?? [];
    count += rows.length;
    groups.set(query_id, {
      query_id,
      positives: known.length <= positives ? known : choose(known, positives, () => stream.fork(query_id)),
      negatives: rows,
    });
  }
  return { groups, negatives: count, shortfalls: shortfalls.length };
}

function choose(
  known: readonly KnownPositive[],
  count: number,
  stream: () => ReturnType<typeof random>,
): KnownPositive[] {
  return stream().sample(known.length, count).sort((a, b) => a - b).map((i) => known[i]);
}

/** What the batches of an epoch are planned from. */
export interface BatchInputs {
  readonly data: TrainingData;
  readonly draw: EpochDraw;
  readonly encoder: TrainableEncoder;
  readonly epoch: number;
  /** Lengths of texts that are known; more are added. */
  readonly lengths: Map<string, number>;
}

/** Batches of one epoch as query ids: a pure function of seed, epoch and draw. */
export function batchesOf(
  { data, draw, encoder, epoch, lengths }: BatchInputs,
  { seed, batchSize, tokens, groups }: Pick<Settings, "seed" | "batchSize" | "tokens" | "groups">,
): string[][] {
  const measure = (key: string, text: () => string, kind: "query" | "document") => {
    let length = lengths.get(key);
    if (length === undefined) {
      // Characters are enough to group texts of similar length; a budget of tokens needs a count.
      length = tokens === undefined ? text().length : encoder.tokenize([{ text: text(), kind }]).tokens;
      lengths.set(key, length);
    }
    return length;
  };
  const planned = data.queries.map((query_id) => {
    const { positives, negatives } = draw.groups.get(query_id)!;
    const documents = [
      ...positives.map(({ doc_id }) => measure(`d:${doc_id}`, () => data.documentText(doc_id), "document")),
      ...negatives.map((row) => {
        const { doc_id } = data.negative(row);
        return measure(doc_id === null ? `n:${row}` : `d:${doc_id}`, () => data.negativeText(row), "document");
      }),
    ];
    return {
      query_id,
      drawn: positives.map(({ doc_id }) => doc_id),
      known: data.known(query_id),
      length: measure(`q:${query_id}`, () => data.queryText(query_id), "query") + documents.reduce((a, b) => a + b, 0),
    };
  });
  const stream = random(seed).fork("batches").fork(epoch);
  const limits = { queries: batchSize, tokens };
  const plan = groups
    ? groupedBatches(planned, stream, { ...limits, groupOf: data.groups!, temperature: groups.temperature ?? 1 })
    : planBatches(planned, stream, limits);
  return plan.map((indices) => indices.map((index) => planned[index].query_id));
}
