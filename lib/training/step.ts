import { checkCancelled } from "../core/errors.ts";
import type { Parameter, TrainableEncoder } from "../encoders/types.ts";
import { compile, gradients, Graph } from "../graph/mod.ts";
import { cachedStep } from "./cached_step.ts";
import { frozenVectors, trainedTexts } from "./frozen_vectors.ts";
import { appendLoss, lossFeeds } from "./loss_graph.ts";
import type { Step, StepOptions } from "./step_types.ts";
import { encoderFeeds, gradientsOf, lossResult, PREFIX } from "./step_values.ts";

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

async function wholeStep(
  encoder: TrainableEncoder,
  parameters: readonly Parameter[],
  options: StepOptions,
): Promise<Step> {
  const { loss, dropout = 0, threads, weighted } = options;
  const frozen = encoder.frozenDocuments;
  const graph = new Graph();
  const embeddings = encoder.forward(graph, { dropout });
  const { value, scores } = appendLoss(graph, embeddings, loss, {
    similarity: encoder.similarity,
    weighted,
    frozen: frozen !== undefined,
  });
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
      const encoded = encoder.tokenize(trainedTexts(batch, frozen), { dropout, seed });
      const documents = await frozenVectors(batch, frozen, signal);
      const feeds = lossFeeds(batch, { ...matrices, documents }, options);
      const result = await session.run({ ...encoderFeeds(encoder, encoded), ...feeds });
      sum.add(gradientsOf(result, parameters), encoded.rows, scale);
      return { ...lossResult(result), tokens: encoded.tokens, flops: encoded.flops };
    },
    dispose: () => session.dispose(),
  };
}
