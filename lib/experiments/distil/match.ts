import { ArgumentError, checkCancelled } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import { type Random, random } from "../../core/random.ts";
import type { TrainableEncoder, Vectors } from "../../encoders/types.ts";
import { add, compile, fusedMatMul, gradients, Graph, mul, reduceMean, reduceSum, sub } from "../../graph/mod.ts";
import { adamW } from "../../training/optimizer/adamw.ts";
import { schedule } from "../../training/optimizer/schedule.ts";

/** Options of {@link matchVectors}. */
export interface MatchOptions {
  /** Vectors that the encoder is to give for the texts, of its dimension and of length 1. */
  targets: Vectors;
  seed: number;
  epochs: number;
  /** Texts of a step. @default 256 */
  batch?: number;
  learningRate: number;
  /** Weight of the similarities' error, beside that of the vectors themselves. @default 32 */
  similarities?: number;
  /** @default 0, as many as there are cores */
  threads?: number;
  progress?: Progress;
  signal?: AbortSignal;
}

/** Texts of a step, where nothing else is said. */
export const BATCH = 256;

/** @throws {ArgumentError} if there are too few texts for one step */
export function wantBatch(texts: readonly string[], batch: number = BATCH): void {
  if (texts.length >= batch) return;
  throw new ArgumentError(`Cannot train on ${texts.length} texts: a step takes ${batch}; give more, or 0 epochs`);
}

/**
 * Trains an encoder to give known vectors for texts: 1 - cosine to the target, and the mean squared difference between
 * the batch's similarities and those of its targets (Tian et al. 2020; Reimers and Gurevych 2020). AdamW, a short
 * warm-up, then a linear fall to 0. Returns the mean 1 - cosine of the last tenth.
 *
 * @throws {ArgumentError} if there are fewer texts than a step takes
 */
export async function matchVectors(
  encoder: TrainableEncoder,
  texts: readonly string[],
  options: MatchOptions,
): Promise<number> {
  const { targets, seed, epochs, learningRate, batch = BATCH, similarities = 32, threads, progress, signal } = options;
  wantBatch(texts, batch);
  const { dimension } = encoder;
  const graph = new Graph();
  const vectors = encoder.forward(graph);
  const wanted = graph.input("targets", { shape: ["texts", dimension] });
  const distance = sub(1, reduceMean(reduceSum(mul(vectors, wanted), { axes: [1] })));
  const error = sub(fusedMatMul(vectors, vectors, { transB: true }), fusedMatMul(wanted, wanted, { transB: true }));
  const loss = add(distance, mul(reduceMean(mul(error, error)), similarities));
  const parameters = [...encoder.parameters.values()];
  const found = gradients(loss, parameters.map(({ name }) => graph.parameters.get(name)!));
  const outputs = Object.fromEntries(parameters.map(({ name }, i) => [`gradient ${name}`, found[i]]));
  const session = await compile({ distance, ...outputs }, { threads, reuseOutputs: true });
  const optimizer = adamW(parameters, { decay: 0 });
  const perEpoch = Math.floor(texts.length / batch);
  const steps = Math.ceil(epochs * perEpoch);
  const rate = schedule("linear", { steps, warmup: Math.min(50, steps / 10) });
  const lengths = texts.map((text) => text.length);
  let batches: number[][] = [];
  const last: number[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      checkCancelled(signal, `distilling at step ${step} of ${steps}`);
      const epoch = Math.floor(step / perEpoch);
      if (step % perEpoch === 0) batches = batchesOf(lengths, batch, random(seed).fork(epoch));
      const chosen = batches[step % perEpoch];
      const { feeds, rows } = encoder.batch(chosen.map((i) => ({ text: texts[i], kind: "document" as const })));
      const values = new Float32Array(chosen.length * dimension);
      chosen.forEach((row, i) =>
        values.set(targets.data.subarray(row * dimension, (row + 1) * dimension), i * dimension)
      );
      const weights = parameters.map(({ name, shape, data }) => {
        const used = rows.get(name);
        return [name, used ? gathered(data, shape[1], used) : { data, shape }] as const;
      });
      const result = await session.run({
        ...Object.fromEntries(weights),
        ...feeds,
        targets: { data: values, shape: [chosen.length, dimension] },
      });
      optimizer.update(
        parameters.map((parameter) => ({
          parameter,
          rows: rows.get(parameter.name),
          data: result[`gradient ${parameter.name}`].data as Float32Array,
        })),
        learningRate * rate(step + 1),
      );
      if (step >= 0.9 * steps) last.push(result.distance.data[0] as number);
      progress?.update(step + 1, `1 - cosine ${(result.distance.data[0] as number).toFixed(4)}`);
    }
  } finally {
    await session.dispose();
    encoder.touched();
  }
  return last.reduce((a, b) => a + b, 0) / last.length;
}

/** Texts of an epoch in batches of like lengths: shuffled, sorted within runs of twenty batches, shuffled again. */
function batchesOf(lengths: readonly number[], batch: number, draw: Random): number[][] {
  const order = draw.shuffle([...lengths.keys()]);
  const batches: number[][] = [];
  for (let begin = 0; begin < order.length; begin += 20 * batch) {
    const run = order.slice(begin, begin + 20 * batch).sort((a, b) => lengths[a] - lengths[b] || a - b);
    for (let at = 0; at + batch <= run.length; at += batch) batches.push(run.slice(at, at + batch));
  }
  return draw.shuffle(batches);
}

function gathered(data: Float32Array, width: number, rows: Int32Array): { data: Float32Array; shape: number[] } {
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => values.set(data.subarray(row * width, (row + 1) * width), i * width));
  return { data: values, shape: [rows.length, width] };
}
