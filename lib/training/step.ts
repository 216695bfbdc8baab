import { checkCancelled } from "../core/errors.ts";
import { random } from "../core/random.ts";
import type { EncodedBatch, Parameter, TextInput, TrainableEncoder } from "../encoders/types.ts";
import { compile, gradients, Graph } from "../graph/mod.ts";
import type { Feeds, Value } from "../graph/types.ts";
import type { Batch } from "./batches/batch.ts";
import type { GradientSum } from "./optimizer/gradients.ts";
import { appendLoss, lossFeeds, type Matrices } from "./loss_graph.ts";
import type { Loss } from "./losses/types.ts";

/** Options of {@link compileStep}. */
export interface StepOptions {
  loss: Loss;
  /** Dropout probability. @default 0 */
  dropout?: number;
  /** Texts that are encoded at a time, by GradCache; all at once when left out. */
  chunk?: number;
  /** Threads of one operation. @default 0, as many as there are cores */
  threads?: number;
}

/** What one batch gave, besides its gradients. */
export interface StepResult {
  readonly loss: number;
  /** Cosines `[queries, candidates]`. */
  readonly scores: Float32Array;
  /** Gradient of the loss with regard to them. */
  readonly scoreGradients: Float32Array;
  readonly tokens: number;
  /** Floating-point operations of one forward pass over the real tokens. */
  readonly flops: number;
}

/** Options of {@link Step.run}. */
export interface StepRunOptions extends Matrices {
  /** Of dropout's masks. */
  seed: number;
  /** Receives the gradients, times `scale`. */
  sum: GradientSum;
  scale: number;
  signal?: AbortSignal;
}

/** A compiled training step: from a batch to loss and gradients. */
export interface Step {
  run(batch: Batch, options: StepRunOptions): Promise<StepResult>;
  dispose(): Promise<void>;
}

/**
 * Compiles encoder, scores, loss and gradients into one graph; with `chunk`, into GradCache's three (Gao et al. 2021):
 * embeddings of all texts chunk by chunk, gradients of the loss with regard to them, then each chunk again with these as
 * its upstream gradient. The gradients are the same, for any loss; memory grows with the chunk, not with the batch.
 */
export async function compileStep(
  encoder: TrainableEncoder,
  parameters: readonly Parameter[],
  options: StepOptions,
): Promise<Step> {
  return options.chunk === undefined
    ? await wholeStep(encoder, parameters, options)
    : await cachedStep(encoder, parameters, { ...options, chunk: options.chunk });
}

const PREFIX = "gradient:";

async function wholeStep(
  encoder: TrainableEncoder,
  parameters: readonly Parameter[],
  { loss, dropout = 0, threads }: StepOptions,
): Promise<Step> {
  const graph = new Graph();
  const embeddings = encoder.forward(graph, { dropout });
  const { value, scores } = appendLoss(graph, embeddings, loss, encoder.similarity);
  const [scoreGradients, ...found] = gradients(value, [
    scores,
    ...parameters.map((p) => graph.parameters.get(p.name)!),
  ]);
  const named = parameters.map((p, i) => [PREFIX + p.name, found[i]]);
  const outputs = { loss: value, scores, score_gradients: scoreGradients, ...Object.fromEntries(named) };
  const session = await compile(outputs, { threads, reuseOutputs: true });
  return {
    async run(batch, { seed, sum, scale, signal, ...matrices }) {
      checkCancelled(signal, "a training step");
      const encoded = encoder.tokenize(batch.texts, { dropout, seed });
      const result = await session.run({ ...encoderFeeds(encoder, encoded), ...lossFeeds(batch, matrices) });
      sum.add(gradientsOf(result, parameters), encoded.rows, scale);
      return { ...lossResult(result), tokens: encoded.tokens, flops: encoded.flops };
    },
    dispose: () => session.dispose(),
  };
}

async function cachedStep(
  encoder: TrainableEncoder,
  parameters: readonly Parameter[],
  { loss, dropout = 0, threads, chunk }: StepOptions & { chunk: number },
): Promise<Step> {
  const forwardGraph = new Graph();
  const forward = await compile({ embeddings: encoder.forward(forwardGraph, { dropout }) }, {
    threads,
    reuseOutputs: true,
  });
  const { dimension } = encoder;
  const lossGraph = new Graph();
  const leaf = lossGraph.parameter("embeddings", ["texts", dimension]);
  const { value, scores } = appendLoss(lossGraph, leaf, loss, encoder.similarity);
  const [scoreGradients, leafGradients] = gradients(value, [scores, leaf]);
  const middle = await compile({ loss: value, scores, score_gradients: scoreGradients, upstream: leafGradients }, {
    threads,
    reuseOutputs: true,
  });
  const graph = new Graph();
  const embeddings = encoder.forward(graph, { dropout });
  const upstream = graph.input("upstream", { shape: embeddings.shape });
  const found = gradients(embeddings, parameters.map((p) => graph.parameters.get(p.name)!), { upstream });
  const backward = await compile(Object.fromEntries(parameters.map((p, i) => [PREFIX + p.name, found[i]])), {
    threads,
    reuseOutputs: true,
  });
  return {
    async run(batch, { seed, sum, scale, signal, ...matrices }) {
      const chunks = cut(batch.texts, chunk);
      const seeds = random(seed);
      const encode = (places: readonly number[], c: number) =>
        encoder.tokenize(places.map((place) => batch.texts[place]), { dropout, seed: seeds.fork(c).bits() });
      const all = new Float32Array(batch.texts.length * dimension);
      let tokens = 0;
      let flops = 0;
      for (const [c, places] of chunks.entries()) {
        checkCancelled(signal, "a training step");
        const encoded = encode(places, c);
        tokens += encoded.tokens;
        flops += encoded.flops;
        const result = await forward.run(encoderFeeds(encoder, encoded));
        const part = result.embeddings.data as Float32Array;
        places.forEach((place, i) => all.set(part.subarray(i * dimension, (i + 1) * dimension), place * dimension));
      }
      const result = await middle.run({
        embeddings: { data: all, shape: [batch.texts.length, dimension] },
        ...lossFeeds(batch, matrices),
      });
      const cotangents = result.upstream.data as Float32Array;
      for (const [c, places] of chunks.entries()) {
        checkCancelled(signal, "a training step");
        const encoded = encode(places, c);
        const data = new Float32Array(places.length * dimension);
        places.forEach((place, i) =>
          data.set(cotangents.subarray(place * dimension, (place + 1) * dimension), i * dimension)
        );
        const part = await backward.run({
          ...encoderFeeds(encoder, encoded),
          upstream: { data, shape: [places.length, dimension] },
        });
        sum.add(gradientsOf(part, parameters), encoded.rows, scale);
      }
      return { ...lossResult(result), tokens, flops };
    },
    async dispose() {
      for (const session of [forward, middle, backward]) await session.dispose();
    },
  };
}

/** Places of the texts, similar lengths together, in chunks. */
function cut(texts: readonly TextInput[], size: number): number[][] {
  const places = texts.map((_, place) => place);
  places.sort((a, b) => texts[a].text.length - texts[b].text.length || a - b);
  return Array.from({ length: Math.ceil(places.length / size) }, (_, c) => places.slice(c * size, (c + 1) * size));
}

/** A batch's feeds with the parameters: whole ones uncopied, of sparse ones the rows that the batch reads. */
export function encoderFeeds(encoder: TrainableEncoder, { feeds, rows }: EncodedBatch): Feeds {
  const all: Feeds = { ...feeds };
  for (const { name, shape, data, sparse } of encoder.parameters.values()) {
    if (!sparse) {
      all[name] = { data, shape };
      continue;
    }
    const wanted = rows.get(name)!;
    const width = shape[1];
    const part = new Float32Array(wanted.length * width);
    for (let i = 0; i < wanted.length; i++) {
      part.set(data.subarray(wanted[i] * width, (wanted[i] + 1) * width), i * width);
    }
    all[name] = { data: part, shape: [wanted.length, width] };
  }
  return all;
}

function gradientsOf(result: Record<string, Value>, parameters: readonly Parameter[]): Map<string, Value> {
  return new Map(parameters.map(({ name }) => [name, result[PREFIX + name]]));
}

function lossResult(result: Record<string, Value>): Pick<StepResult, "loss" | "scores" | "scoreGradients"> {
  return {
    loss: Number(result.loss.data[0]),
    scores: result.scores.data as Float32Array,
    scoreGradients: result.score_gradients.data as Float32Array,
  };
}
