import { join } from "node:path";
import { adamW, infoNCE, makeOptimizer } from "../../lib/training/mod.ts";
import { type Batch, makeBatch } from "../../lib/training/batches/batch.ts";
import { compileStep } from "../../lib/training/step.ts";
import { drawEpoch } from "../../lib/training/batches/epochs.ts";
import { GradientSum } from "../../lib/training/optimizer/gradients.ts";
import { trainingData } from "../../lib/training/batches/training_data.ts";
import { loadCollection, loadEncoder, mine } from "../../mod.ts";
import { uniform } from "../../lib/negatives/sampling/mod.ts";
import { type Benchmarks, matmulRate, type Measurement, peakMemory, seconds } from "./measurement.ts";

const SHARED = Deno.env.get("SYNEG_SHARED") ?? join(import.meta.dirname!, "..", "..", "..", "shared");
const MINILM = Deno.env.get("SYNEG_MINILM");

/** Batches of `queries` x (1 positive + 7 random negatives) of SciFact, in the order of the queries. */
async function batches(queries: number, count: number): Promise<Batch[]> {
  const collection = await loadCollection(join(SHARED, "collections", "scifact"));
  const negatives = await mine(collection, { source: "random", depth: 20 });
  const data = trainingData(collection, negatives, { split: "train" });
  const { groups } = drawEpoch(
    { data, negatives, sampler: uniform({ count: 7, seed: 1 }), epoch: 0 },
    { seed: 1, positives: 1 },
  );
  return Array.from({ length: count }, (_, i) => {
    const ids = data.queries.slice(i * queries, (i + 1) * queries);
    return makeBatch(data, ids.map((id) => groups.get(id)!), { inBatch: false, levels: false, teacherScores: false });
  });
}

/** One step per batch: its seconds, the optimizer's, and the operations of forward and backward. */
async function measure(
  work: readonly Batch[],
  { maxLength, chunk }: { maxLength: number; chunk?: number },
): Promise<{ total: number; optimizer: number; flops: number; tokens: number }[]> {
  const encoder = await loadEncoder(MINILM!, { maxLength });
  const parameters = [...encoder.parameters.values()];
  const step = await compileStep(encoder, parameters, { loss: infoNCE(), chunk, threads: 2 });
  const optimizer = makeOptimizer(parameters, adamW({ learningRate: () => 1e-5, clip: 1 }));
  const sum = new GradientSum(parameters);
  const found = [];
  for (const batch of work) {
    let update = 0;
    const { seconds: total, result } = await seconds(async () => {
      sum.clear();
      const result = await step.run(batch, { seed: 1, sum, scale: 1 });
      const gradients = sum.gradients();
      update = (await seconds(() => optimizer.update(gradients))).seconds;
      return result;
    });
    // The backward pass has two products for each of the forward pass.
    found.push({ total, optimizer: update, flops: 3 * result.flops, tokens: result.tokens });
  }
  await step.dispose();
  return found;
}

async function wholeStep(): Promise<Measurement[]> {
  if (!MINILM) return skipped();
  const rate = await matmulRate();
  // A small batch first, for one-time work; then the first full one, which allocates the memory.
  const work = [...await batches(2, 1), ...await batches(16, 4)];
  const [, first, ...steps] = await measure(work, { maxLength: 256 });
  const add = (f: (step: typeof steps[number]) => number) => steps.reduce((all, step) => all + f(step), 0);
  const total = add((step) => step.total);
  return [
    {
      name: "useful share of the matmul rate",
      value: add((s) => s.flops) / total / 1e9 / rate,
      unit: "",
      aim: { atLeast: 0.7 },
    },
    {
      name: "useful share of the first step, which allocates the memory",
      value: first.flops / first.total / 1e9 / rate,
      unit: "",
    },
    { name: "tokens", value: add((step) => step.tokens) / total, unit: "tokens/s" },
    { name: "tokens of a step", value: add((step) => step.tokens) / steps.length, unit: "tokens" },
    { name: "optimizer's share of the step", value: add((s) => s.optimizer) / total, unit: "", aim: { atMost: 0.08 } },
    { name: "peak memory", value: peakMemory() / 1e9, unit: "GB" },
  ];
}

async function gradCache(): Promise<Measurement[]> {
  if (!MINILM) return skipped();
  const [{ total, tokens }] = await measure(await batches(512, 1), { maxLength: 64, chunk: 64 });
  return [
    { name: "512 x 8, peak memory", value: peakMemory() / 1e9, unit: "GB", aim: { atMost: 3 } },
    { name: "512 x 8, documents cut at 64 tokens", value: tokens / total, unit: "tokens/s" },
  ];
}

function skipped(): Measurement[] {
  console.error("Skipped: SYNEG_MINILM must name the folder of all-MiniLM-L6-v2, SYNEG_SHARED that of the collections");
  return [];
}

/** A training step of MiniLM on SciFact. */
export const benchmarks: Benchmarks = { "whole-step": wholeStep, "gradcache": gradCache };
