import { checkCancelled } from "../core/errors.ts";
import { random } from "../core/random.ts";
import type { EncodedBatch, Parameter, TextInput, TrainableEncoder } from "../encoders/types.ts";
import { compile, gradients, Graph } from "../graph/mod.ts";
import { frozenVectors, trainedTexts } from "./frozen_vectors.ts";
import { appendLoss, lossFeeds } from "./loss_graph.ts";
import type { Batch } from "./batches/batch.ts";
import type { Step, StepOptions, StepResult, StepRunOptions } from "./step_types.ts";
import { encoderFeeds, gradientsOf, lossResult, PREFIX } from "./step_values.ts";

/** {@link StepOptions} with a chunk size. */
type CachedOptions = StepOptions & { chunk: number };

/** GradCache's step: embeddings chunk by chunk, gradients of the loss with respect to them, then each chunk backward. */
export async function cachedStep(
  encoder: TrainableEncoder,
  parameters: readonly Parameter[],
  options: CachedOptions,
): Promise<Step> {
  const sessions = await compileParts(encoder, parameters, options);
  return {
    run: (batch, run) => runCached(batch, run, { encoder, parameters, options, sessions }),
    async dispose() {
      for (const session of Object.values(sessions)) await session.dispose();
    },
  };
}

type Sessions = Awaited<ReturnType<typeof compileParts>>;

async function compileParts(
  encoder: TrainableEncoder,
  parameters: readonly Parameter[],
  { loss, dropout = 0, threads, weighted }: CachedOptions,
) {
  const options = { threads, reuseOutputs: true };
  const forward = await compile({ embeddings: encoder.forward(new Graph(), { dropout }) }, options);
  const lossGraph = new Graph();
  const leaf = lossGraph.parameter("embeddings", ["texts", encoder.dimension]);
  const { value, scores } = appendLoss(lossGraph, leaf, loss, {
    similarity: encoder.similarity,
    weighted,
    frozen: encoder.frozenDocuments !== undefined,
  });
  const [scoreGradients, upstreamOf] = gradients(value, [scores, leaf]);
  const outputs = { loss: value, scores, score_gradients: scoreGradients, upstream: upstreamOf };
  const middle = await compile(outputs, options);
  const graph = new Graph();
  const embeddings = encoder.forward(graph, { dropout });
  const upstream = graph.input("upstream", { shape: embeddings.shape });
  const found = gradients(embeddings, parameters.map((p) => graph.parameters.get(p.name)!), { upstream });
  const named = parameters.map((p, i) => [PREFIX + p.name, found[i]]);
  const backward = await compile(Object.fromEntries(named), options);
  return { forward, middle, backward };
}

interface Parts {
  readonly encoder: TrainableEncoder;
  readonly parameters: readonly Parameter[];
  readonly options: CachedOptions;
  readonly sessions: Sessions;
}

async function runCached(
  batch: Batch,
  { seed, sum, scale, signal, ...matrices }: StepRunOptions,
  { encoder, parameters, options, sessions }: Parts,
): Promise<StepResult> {
  const { dimension } = encoder;
  const { chunk, dropout = 0 } = options;
  const texts = trainedTexts(batch, encoder.frozenDocuments);
  const chunks = cut(texts, chunk);
  const seeds = random(seed);
  const encode = (places: readonly number[], c: number): EncodedBatch => {
    checkCancelled(signal, "a training step");
    return encoder.tokenize(places.map((place) => texts[place]), { dropout, seed: seeds.fork(c).bits() });
  };
  const all = new Float32Array(texts.length * dimension);
  let tokens = 0;
  let flops = 0;
  for (const [c, places] of chunks.entries()) {
    const encoded = encode(places, c);
    tokens += encoded.tokens;
    flops += encoded.flops;
    const { embeddings } = await sessions.forward.run(encoderFeeds(encoder, encoded));
    const part = embeddings.data as Float32Array;
    places.forEach((place, i) => all.set(part.subarray(i * dimension, (i + 1) * dimension), place * dimension));
  }
  const documents = await frozenVectors(batch, encoder.frozenDocuments, signal);
  const result = await sessions.middle.run({
    embeddings: { data: all, shape: [texts.length, dimension] },
    ...lossFeeds(batch, { ...matrices, documents }, options),
  });
  const cotangents = result.upstream.data as Float32Array;
  for (const [c, places] of chunks.entries()) {
    const encoded = encode(places, c);
    const data = new Float32Array(places.length * dimension);
    places.forEach((place, i) =>
      data.set(cotangents.subarray(place * dimension, (place + 1) * dimension), i * dimension)
    );
    const upstream = { data, shape: [places.length, dimension] };
    const part = await sessions.backward.run({ ...encoderFeeds(encoder, encoded), upstream });
    sum.add(gradientsOf(part, parameters), encoded.rows, scale);
  }
  return { ...lossResult(result), tokens, flops };
}

/** Positions of the texts in chunks of similar length. */
function cut(texts: readonly TextInput[], size: number): number[][] {
  const places = texts.map((_, place) => place);
  places.sort((a, b) => texts[a].text.length - texts[b].text.length || a - b);
  return Array.from({ length: Math.ceil(places.length / size) }, (_, c) => places.slice(c * size, (c + 1) * size));
}
