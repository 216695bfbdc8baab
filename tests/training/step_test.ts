import assert from "node:assert/strict";
import { random } from "../../lib/core/random.ts";
import { type Batch, type Group, makeBatch } from "../../lib/training/batches/batch.ts";
import { type Gradient, GradientSum } from "../../lib/training/optimizer/gradients.ts";
import { compileStep } from "../../lib/training/step.ts";
import type { StepOptions, StepResult } from "../../lib/training/step_types.ts";
import { trainingData } from "../../lib/training/batches/training_data.ts";
import type { TrainableEncoder } from "../../lib/encoders/types.ts";
import {
  bixse,
  causalNeg,
  distillation,
  hardWeighted,
  infoNCE,
  masked,
  matryoshka,
  wasserstein,
} from "../../lib/training/losses/mod.ts";
import { frozenDocuments } from "../../lib/encoders/frozen_documents.ts";
import { checkContrast } from "../../lib/training/faults.ts";
import { withColumns } from "../../lib/tables/with_columns.ts";
import { tinyEncoder, tinyWorld } from "./world.ts";

const { collection, negatives } = tinyWorld(14, 3);
const data = trainingData(collection, negatives, { split: "train" });
const groups: Group[] = data.queries.map((query_id) => ({
  query_id,
  positives: data.positives.get(query_id)!,
  negatives: [...negatives.column("query_id")].flatMap((q, row) => q === query_id ? [row] : []),
}));

function batchOf(part: readonly Group[], inBatch = true): Batch {
  return makeBatch(data, part, { inBatch, levels: false, teacherScores: false });
}

/** Gradients of one batch by name, as plain copies. */
async function run(
  encoder: TrainableEncoder,
  batches: readonly Batch[],
  options: StepOptions,
): Promise<{ results: StepResult[]; gradients: Gradient[] }> {
  const parameters = [...encoder.parameters.values()];
  const step = await compileStep(encoder, parameters, options);
  const sum = new GradientSum(parameters);
  try {
    const results: StepResult[] = [];
    for (const batch of batches) {
      const length = batch.relations.data.length;
      const teacher = options.loss.needs.teacher ? Float32Array.from({ length }, (_, i) => Math.sin(i)) : undefined;
      const result = await step.run(batch, { seed: 5, sum, scale: 1 / batches.length, teacher });
      results.push({ ...result, scores: result.scores.slice(), scoreGradients: result.scoreGradients.slice() });
    }
    return { results, gradients: sum.gradients().map((g) => ({ ...g, data: g.data.slice() })) };
  } finally {
    await step.dispose();
  }
}

function assertClose(found: readonly Gradient[], wanted: readonly Gradient[], tolerance: number): void {
  let [error, size] = [0, 0];
  found.forEach(({ parameter, rows, data }, p) => {
    assert.deepEqual(rows, wanted[p].rows, parameter.name);
    data.forEach((value, i) => {
      error = Math.max(error, Math.abs(value - wanted[p].data[i]));
      size = Math.max(size, Math.abs(wanted[p].data[i]));
    });
  });
  assert.ok(size > 0 && error <= tolerance * size, `largest difference ${error}, largest gradient ${size}`);
}

for (const kind of ["bert", "static"] as const) {
  Deno.test(`whole step of a ${kind}: gradients equal the slopes of the loss`, async () => {
    const encoder = await tinyEncoder(kind);
    const batch = batchOf(groups.slice(0, 6));
    const options = { loss: infoNCE({ temperature: 0.2 }) };
    const { gradients } = await run(encoder, [batch], options);
    const stream = random(8);
    const parameters = [...encoder.parameters.values()];
    const step = await compileStep(encoder, parameters, options);
    const sum = new GradientSum(parameters);
    const loss = async () => (await step.run(batch, { seed: 5, sum, scale: 1 })).loss;
    for (const { parameter, rows, data } of gradients) {
      const whole = rows ? new Float32Array(parameter.data.length) : data;
      const width = parameter.shape[1];
      rows?.forEach((row, i) => whole.set(data.subarray(i * width, (i + 1) * width), row * width));
      const norm = Math.hypot(...whole);
      if (norm < 1e-4) continue;
      // Along the gradient, with some noise, so that the slope is large enough for 32-bit losses.
      const direction = whole.map((g) => g / norm + 0.2 * stream.normal() / Math.sqrt(whole.length));
      const start = parameter.data.slice();
      const h = 2e-3 / Math.max(1e-3, Math.min(1, norm));
      const at = async (by: number) => {
        parameter.data.forEach((_, i) => parameter.data[i] = start[i] + by * direction[i]);
        return await loss();
      };
      const slope = (await at(h) - await at(-h)) / (2 * h);
      parameter.data.set(start);
      const wanted = whole.reduce((all, g, i) => all + g * direction[i], 0);
      assert.ok(Math.abs(slope - wanted) < 0.03 * Math.abs(wanted), `${parameter.name}: ${wanted}, slope ${slope}`);
    }
    await step.dispose();
  });
}

const cached = {
  "InfoNCE": infoNCE({ temperature: 0.05 }),
  "InfoNCE, hard, masked": masked(infoNCE({ temperature: 0.05, hardness: 3 })),
  "hard-weighted": hardWeighted({ temperature: 0.1 }),
  "distillation": distillation({ temperature: 0.1 }),
  "Wasserstein, which sees the whole batch at once": wasserstein({ temperature: 0.1 }),
  "CausalNeg, which reads sources": causalNeg({ temperature: 0.1, strength: 1 }),
  "BiXSE": bixse(),
  "Matryoshka": matryoshka(infoNCE({ temperature: 0.1 }), { dimensions: [8, 32] }),
};
for (const [name, loss] of Object.entries(cached)) {
  Deno.test(`GradCache equals the plain step: ${name}`, async () => {
    const encoder = await tinyEncoder();
    const batch = batchOf(groups);
    const plain = await run(encoder, [batch], { loss });
    for (const chunk of [1, 7, 1000]) {
      const found = await run(encoder, [batch], { loss, chunk });
      assertClose(found.gradients, plain.gradients, 1e-5);
      assert.ok(Math.abs(found.results[0].loss - plain.results[0].loss) < 1e-5);
      assert.equal(found.results[0].tokens, plain.results[0].tokens);
    }
  });
}

Deno.test("accumulated batches give the gradient of their mean", async () => {
  const encoder = await tinyEncoder();
  const loss = infoNCE({ temperature: 0.05 });
  const halves = [batchOf(groups.slice(0, 7), false), batchOf(groups.slice(7), false)];
  const [parts, whole] = [await run(encoder, halves, { loss }), await run(encoder, [batchOf(groups, false)], { loss })];
  assertClose(parts.gradients, whole.gradients, 1e-5);
});

Deno.test("weights of negatives and queries: GradCache and accumulation are exact", async () => {
  const encoder = await tinyEncoder();
  const weight = [...negatives.rows()].map((_, row) => [0.5, 1.75, 0, null][row % 4]);
  const metadata = [...collection.queries.rows()].map((_, i) => JSON.stringify({ trust: 0.5 + i % 3 }));
  const trusted = { ...collection, queries: withColumns(collection.queries, { metadata }) };
  const data = trainingData(trusted, withColumns(negatives, { weight }), { split: "train", weightField: "trust" });
  assert.ok(data.weighted);
  const batch = (part: readonly Group[]) =>
    makeBatch(data, part, { inBatch: false, levels: false, teacherScores: false });
  assert.deepEqual([...batch(groups.slice(0, 4)).queryWeights!], [0.5, 1.5, 2.5, 0.5]);
  const options = { loss: causalNeg({ temperature: 0.1, strength: 1 }), weighted: true };
  const whole = await run(encoder, [batch(groups)], options);
  const halves = [batch(groups.slice(0, 7)), batch(groups.slice(7))];
  assertClose((await run(encoder, halves, options)).gradients, whole.gradients, 1e-5);
  for (const chunk of [1, 9]) {
    assertClose((await run(encoder, [batch(groups)], { ...options, chunk })).gradients, whole.gradients, 1e-5);
  }
  const plain = await run(encoder, [batch(groups)], { loss: options.loss });
  assert.ok(Math.abs(plain.results[0].loss - whole.results[0].loss) > 1e-3, "the weights change nothing");
});

for (const chunk of [undefined, 3]) {
  Deno.test(`frozen documents${chunk ? ", by GradCache" : ""}: only queries are trained, against the other encoder's vectors`, async () => {
    const documents = await tinyEncoder();
    const encoder = frozenDocuments(await tinyEncoder(), documents);
    const batch = batchOf(groups.slice(0, 6));
    const options = { loss: infoNCE({ temperature: 0.1 }), chunk };
    const { results: [result], gradients } = await run(encoder, [batch], options);
    // Scores are cosines of queries by one encoder and documents by the other.
    const vectors: number[][] = [];
    for (const { text, kind } of batch.texts) {
      const v = [...(await encoder.encode([text], { kind })).data];
      vectors.push(v.map((x) => x / Math.hypot(...v)));
    }
    const { queries, candidates } = batch.relations;
    for (let i = 0; i < queries; i++) {
      for (let j = 0; j < candidates; j++) {
        const [q, d] = [vectors[batch.queryIndex[i]], vectors[batch.candidateIndex[j]]];
        const cosine = q.reduce((sum, x, k) => sum + x * d[k], 0);
        assert.ok(Math.abs(result.scores[i * candidates + j] - cosine) < 1e-5);
      }
    }
    const tokens = encoder.tokenize(batch.texts.filter(({ kind }) => kind === "query")).tokens;
    assert.equal(result.tokens, tokens, "documents are not encoded in the step");
    // Moving the queries' weights leaves documents where they are.
    const before = await encoder.encode(["a document"], { kind: "document" });
    const parameter = gradients.find(({ rows }) => !rows)!.parameter;
    parameter.data[0] += 1;
    encoder.invalidate();
    assert.deepEqual((await encoder.encode(["a document"], { kind: "document" })).data, before.data);
    assert.notEqual(encoder.fingerprint("query"), documents.fingerprint("query"));
    assert.equal(encoder.fingerprint("document"), documents.fingerprint("document"));
    await assert.rejects(encoder.save("/tmp/nowhere"), /Cannot save an encoder with frozen documents/);
  });
}

Deno.test("bad weights are refused, by row and by query", () => {
  const weighted = (value: number) => withColumns(negatives, { weight: [...negatives.rows()].map(() => value) });
  const read = (value: number) => () => trainingData(collection, weighted(value), { split: "train" });
  assert.throws(read(-1), /Row 0 of the negatives has weight -1; it must be a number >= 0/);
  assert.throws(read(NaN), /Row 0 of the negatives has weight NaN/);
  const field = (metadata: string[]) => () =>
    trainingData({ ...collection, queries: withColumns(collection.queries, { metadata }) }, negatives, {
      ...{ split: "train", weightField: "trust" },
    });
  const all = (text: string) => Array<string>(collection.queries.length).fill(text);
  assert.throws(field(all("{}")), /Cannot weigh queries by "trust": none of their metadata has this field/);
  assert.throws(
    field(all('{"trust":1}').with(2, '{"trust":"high"}')),
    /query "q2".*must be a number >= 0, found "high"/,
  );
  assert.throws(field(all('{"trust":1}').with(1, "{}")), /query "q1".*found nothing/);
  assert.throws(field(all('{"trust":0}')), /all of them have 0/);
  const none = trainingData(collection, weighted(0), { split: "train" });
  const batch = makeBatch(none, groups, { inBatch: false, levels: false, teacherScores: false });
  assert.throws(() => checkContrast(batch), /all their negatives have weight 0/);
});

Deno.test("a step gives the same bits every time, even on two threads", async () => {
  const encoder = await tinyEncoder();
  const batch = batchOf(groups);
  for (const options of [{}, { chunk: 5 }, { dropout: 0.1 }]) {
    const loss = infoNCE();
    const first = await run(encoder, [batch], { loss, threads: 2, ...options });
    for (let again = 0; again < 5; again++) {
      assert.deepEqual(await run(encoder, [batch], { loss, threads: 2, ...options }), first);
    }
  }
});

Deno.test("Matryoshka truncates and normalizes embeddings", async () => {
  const encoder = await tinyEncoder();
  const batch = batchOf(groups.slice(0, 5));
  const dimensions = [4, 16, 32];
  const weights = [1, 0.5, 2];
  const temperature = 0.1;
  const loss = matryoshka(infoNCE({ temperature }), { dimensions, weights });
  const { results } = await run(encoder, [batch], { loss });
  const vectors: number[][] = [];
  for (const { text, kind } of batch.texts) vectors.push([...(await encoder.encode([text], { kind })).data]);
  const { data: cells, queries, candidates } = batch.relations;
  let wanted = 0;
  dimensions.forEach((d, k) => {
    const unit = (v: number[]) => v.slice(0, d).map((x) => x / Math.hypot(...v.slice(0, d)));
    let sum = 0;
    for (let i = 0; i < queries; i++) {
      const q = unit(vectors[batch.queryIndex[i]]);
      const powers = Array.from({ length: candidates }, (_, j) => {
        const c = unit(vectors[batch.candidateIndex[j]]);
        return Math.exp(q.reduce((all, x, n) => all + x * c[n], 0) / temperature);
      });
      const row = powers.map((_, j) => j).filter((j) => cells[i * candidates + j] !== 0);
      const negative = row.filter((j) => cells[i * candidates + j] < 0).reduce((all, j) => all + powers[j], 0);
      const positives = row.filter((j) => cells[i * candidates + j] > 0);
      sum += positives.reduce((all, j) => all + Math.log(1 + negative / powers[j]), 0) / positives.length;
    }
    wanted += weights[k] * sum / queries;
  });
  assert.ok(Math.abs(results[0].loss - wanted) < 1e-4 * wanted, `${results[0].loss}, wanted ${wanted}`);
});
