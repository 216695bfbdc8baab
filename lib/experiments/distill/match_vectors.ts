import { ArgumentError, checkCancelled } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import { type Random, random } from "../../core/random.ts";
import type { TrainableEncoder, Vectors } from "../../encoders/types.ts";
import { add, compile, fusedMatMul, gradients, Graph, mul, reduceMean, reduceSum, sub } from "../../graph/mod.ts";
import { adamW, makeOptimizer, schedule } from "../../training/mod.ts";

/** Options of {@link matchVectors}. */
export interface MatchOptions {
  /** The vectors to learn, of the encoder's dimension and of length 1. */
  targets: Vectors;
  seed: number;
  epochs: number;
  /**
   * Texts of a step.
   * @default {256}
   */
  batchSize?: number;
  learningRate: number;
  /**
   * Weight of the similarities' error, relative to that of the vectors themselves.
   * @default {32}
   */
  similarities?: number;
  /** Threads of one operation. Omit to use all cores. */
  threads?: number;
  progress?: Progress;
  signal?: AbortSignal;
}

/** Texts of a step by default. */
export const BATCH_SIZE = 256;

/** @throws {ArgumentError} if there are too few texts for one step. */
export function checkTexts(texts: readonly string[], batchSize: number = BATCH_SIZE): void {
  if (texts.length >= batchSize) return;
  throw new ArgumentError(
    `Cannot train on ${texts.length} texts: a step takes ${batchSize}; add texts, or set epochs to 0`,
  );
}

/**
 * Trains an encoder to return known vectors for texts. The loss is 1 - cosine to the target plus the mean squared
 * difference between the similarities of a batch and those of its targets (Tian et al. 2020; Reimers and Gurevych 2020).
 * AdamW with a short warm-up, then a linear decay to 0. Returns the mean 1 - cosine of the last tenth of the steps.
 *
 * @throws {ArgumentError} if there are fewer texts than a step takes.
 */
export async function matchVectors(
  encoder: TrainableEncoder,
  texts: readonly string[],
  options: MatchOptions,
): Promise<number> {
  const { seed, epochs, learningRate, batchSize = BATCH_SIZE, progress, signal } = options;
  checkTexts(texts, batchSize);
  const parameters = [...encoder.parameters.values()];
  const session = await compiled(encoder, options);
  const perEpoch = Math.floor(texts.length / batchSize);
  const steps = Math.ceil(epochs * perEpoch);
  const factor = schedule("linear", { steps, warmup: Math.min(50, steps / 10) });
  const rate = (step: number) => learningRate * factor(step);
  const optimizer = makeOptimizer(parameters, adamW({ learningRate: rate }, { weightDecay: 0 }));
  const lengths = texts.map((text) => text.length);
  let batches: number[][] = [];
  const last: number[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      checkCancelled(signal, `distilling at step ${step} of ${steps}`);
      const epoch = Math.floor(step / perEpoch);
      if (step % perEpoch === 0) batches = batchesOf(lengths, batchSize, random(seed).fork(epoch));
      const { inputs, rows } = inputsOf(encoder, texts, batches[step % perEpoch], options.targets);
      const result = await session.run(inputs);
      optimizer.update(
        parameters.map((parameter) => ({
          parameter,
          rows: rows.get(parameter.name),
          data: result[`gradient ${parameter.name}`].data as Float32Array,
        })),
      );
      const distance = result.distance.data[0] as number;
      if (step >= 0.9 * steps) last.push(distance);
      progress?.update(step + 1, `1 - cosine ${distance.toFixed(4)}`);
    }
  } finally {
    await session.dispose();
    encoder.invalidate();
  }
  return last.reduce((a, b) => a + b, 0) / last.length;
}

type Session = Awaited<ReturnType<typeof compile>>;

/** A session that returns the distance to the targets and the loss's gradient of every parameter. */
async function compiled(encoder: TrainableEncoder, { similarities = 32, threads }: MatchOptions): Promise<Session> {
  const graph = new Graph();
  const vectors = encoder.forward(graph);
  const targets = graph.input("targets", { shape: ["texts", encoder.dimension] });
  const distance = sub(1, reduceMean(reduceSum(mul(vectors, targets), { axes: [1] })));
  const error = sub(fusedMatMul(vectors, vectors, { transB: true }), fusedMatMul(targets, targets, { transB: true }));
  const loss = add(distance, mul(reduceMean(mul(error, error)), similarities));
  const names = [...encoder.parameters.keys()];
  const found = gradients(loss, names.map((name) => graph.parameters.get(name)!));
  const outputs = Object.fromEntries(names.map((name, i) => [`gradient ${name}`, found[i]]));
  return await compile({ distance, ...outputs }, { threads, reuseOutputs: true });
}

/** Inputs of the session for the chosen texts; of an embedding table, only the rows that they use. */
function inputsOf(
  encoder: TrainableEncoder,
  texts: readonly string[],
  chosen: readonly number[],
  targets: Vectors,
): { inputs: Parameters<Session["run"]>[0]; rows: ReadonlyMap<string, Int32Array> } {
  const { dimension } = encoder;
  const { feeds, rows } = encoder.tokenize(chosen.map((i) => ({ text: texts[i], kind: "document" as const })));
  const values = new Float32Array(chosen.length * dimension);
  chosen.forEach((row, i) => values.set(targets.data.subarray(row * dimension, (row + 1) * dimension), i * dimension));
  const weights = [...encoder.parameters.values()].map(({ name, shape, data }) => {
    const used = rows.get(name);
    return [name, used ? gathered(data, shape[1], used) : { data, shape }] as const;
  });
  const inputs = {
    ...Object.fromEntries(weights),
    ...feeds,
    targets: { data: values, shape: [chosen.length, dimension] },
  };
  return { inputs, rows };
}

/** Texts of an epoch in batches of similar lengths: shuffled, sorted within runs of twenty batches, shuffled again. */
function batchesOf(lengths: readonly number[], batchSize: number, stream: Random): number[][] {
  const order = stream.shuffle([...lengths.keys()]);
  const batches: number[][] = [];
  for (let begin = 0; begin < order.length; begin += 20 * batchSize) {
    const run = order.slice(begin, begin + 20 * batchSize).sort((a, b) => lengths[a] - lengths[b] || a - b);
    for (let at = 0; at + batchSize <= run.length; at += batchSize) batches.push(run.slice(at, at + batchSize));
  }
  return stream.shuffle(batches);
}

function gathered(data: Float32Array, width: number, rows: Int32Array): { data: Float32Array; shape: number[] } {
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => values.set(data.subarray(row * width, (row + 1) * width), i * width));
  return { data: values, shape: [rows.length, width] };
}
