import assert from "node:assert/strict";
import type { StaticEncoder } from "../../lib/encoders/static.ts";
import type { Encoder } from "../../lib/encoders/types.ts";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { withColumns } from "../../lib/tables/with_columns.ts";
import { uniform } from "../../lib/negatives/sampling/mod.ts";
import { train } from "../../lib/training/train.ts";
import type { TrainOptions } from "../../lib/training/train_options.ts";
import { gist, infoNCE, marginMSE } from "../../lib/training/losses/mod.ts";
import { type ReferenceRow, type ReferenceSettings, referenceTraining } from "./reference_trainer.ts";
import { all, tinyEncoder, tinyWorld, weightsOf } from "./world.ts";

const QUERIES = 12;
const STEPS = 6;
const { collection, negatives } = tinyWorld(QUERIES, 4);
const fewer = tableOf(NEGATIVES, [...negatives.rows()].filter((_, i) => i % 3 !== 0));
const guide: Encoder = await tinyEncoder("bert");

/** Whole epochs in one batch, every negative in use, so that no draw and no plan stands between option and effect. */
const base: TrainOptions = {
  collection,
  negatives,
  batchSize: QUERIES,
  positives: 9,
  sampler: uniform({ count: 100 }),
  inBatch: false,
  epochs: STEPS,
  learningRate: 0.02,
  schedule: "constant",
  warmup: 0,
  clip: 0,
  optimizer: { weightDecay: 0, epsilon: 1e-2 },
  loss: infoNCE({ temperature: 0.1 }),
};
const reference: ReferenceSettings = {
  collection,
  negatives: () => negatives,
  steps: STEPS,
  inBatch: false,
  rate: () => 0.02,
  clip: 0,
  decay: 0,
  epsilon: 1e-2,
  loss: ({ positives, negatives }) => mean(positives.map((p) => contrast(p, negatives))),
};

const cosines = await cosinesOf(guide);

/** The negatives with the given weights in turn, and the same as copies of rows. */
function byWeight(weights: readonly (number | null)[]) {
  const rows = [...negatives.rows()];
  const weight = rows.map((_, row) => weights[row % weights.length]);
  const copied = tableOf(NEGATIVES, rows.flatMap((row, i) => Array<typeof row>(weight[i] ?? 1).fill(row)));
  return { weighted: withColumns(negatives, { weight }), copied };
}
const some = byWeight([2, 1, 0, null]);
// Without 0: such a row gets no gradient, but its tokens keep their momentum.
const later = byWeight([3, null, 2]);
const quarter = JSON.stringify({ trust: 0.25 });
const trusted: typeof collection = {
  ...collection,
  queries: withColumns(collection.queries, { metadata: Array<string>(collection.queries.length).fill(quarter) }),
};

/** Options by what they change, as the trainer and as the reference take them. */
const EFFECTS: Record<string, [Partial<TrainOptions>, Partial<ReferenceSettings>]> = {
  "no option": [{}, {}],
  "clip": [{ clip: 0.01 }, { clip: 0.01 }],
  "a group's weight decay": [
    { optimizer: { epsilon: 1e-2, groups: [{ match: "embeddings.*", weightDecay: 0.5 }] } },
    { decay: 0.5 },
  ],
  "a group's rate": [
    { optimizer: { weightDecay: 0, epsilon: 1e-2, groups: [{ match: "embeddings.*", rate: 0.25 }] } },
    { rate: () => 0.005 },
  ],
  "learning rate": [{ learningRate: 0.005 }, { rate: () => 0.005 }],
  "linear schedule": [{ schedule: "linear" }, { rate: (step) => 0.02 * (1 - (step - 1) / STEPS) }],
  "cosine schedule": [
    { schedule: "cosine" },
    { rate: (step) => 0.02 * (0.5 + 0.5 * Math.cos(Math.PI * (step - 1) / STEPS)) },
  ],
  "warm-up in steps": [{ warmup: 4 }, { rate: (step) => 0.02 * Math.min(1, step / 4) }],
  "warm-up as a share": [{ warmup: 0.5 }, { rate: (step) => 0.02 * Math.min(1, step / 3) }],
  "steps": [{ steps: 3 }, { steps: 3 }],
  "in-batch negatives": [{ inBatch: true }, { inBatch: true }],
  "accumulation": [{ batchSize: QUERIES / 2, accumulate: 2 }, {}],
  "GradCache": [{ chunk: 5 }, {}],
  "guide": [
    { inBatch: true, guide, loss: gist(infoNCE({ temperature: 0.1 })) },
    { inBatch: true, judge: cosines, loss: guided },
  ],
  "teacher": [
    { teacher: guide, loss: marginMSE() },
    { judge: cosines, loss: distilled },
  ],
  "weights of negatives": [{ negatives: some.weighted }, { negatives: () => some.copied, copies: true }],
  "weights of negatives that come with a refresh": [
    { refresh: { every: 2, mine: (_, { step }) => Promise.resolve(step === 2 ? later.weighted : negatives) } },
    { negatives: (step) => step === 3 || step === 4 ? later.copied : negatives, copies: true },
  ],
  "weights of queries": [
    { collection: trusted, weightField: "trust" },
    { loss: (row) => 0.25 * reference.loss(row) },
  ],
  "refreshed negatives": [
    { refresh: { every: 2, mine: (_, { step }) => Promise.resolve(step === 2 ? fewer : negatives) } },
    { negatives: (step) => step === 3 || step === 4 ? fewer : negatives },
  ],
};

for (const [name, [options, settings]] of Object.entries(EFFECTS)) {
  Deno.test(`training equals the slow reference: ${name}`, async () => {
    const encoder = await tinyEncoder("static") as StaticEncoder;
    const start = encoder.parts.embeddings.data.slice();
    const wanted = referenceTraining(encoder, { ...reference, ...settings });
    await all(train(encoder, { ...base, ...options }));
    const found = encoder.parts.embeddings.data;
    const moved = distance(wanted, start);
    assert.ok(moved > 0.05, `the reference moved by ${moved}`);
    const error = distance(wanted, found);
    assert.ok(error < 2e-3 * moved, `${error} from the reference, which moved by ${moved}`);
    if (["no option", "accumulation", "GradCache"].includes(name)) return;
    const plain = referenceTraining(await tinyEncoder("static") as StaticEncoder, reference);
    assert.ok(distance(plain, found) > 0.02 * moved, "the option changes nothing");
  });
}

Deno.test("of equal evaluations, the first is the best, and patience counts the others", async () => {
  const encoder = await tinyEncoder("static");
  const seen: Map<string, Float32Array>[] = [];
  const evaluate = {
    every: 1,
    measure: "nDCG@10",
    patience: 2,
    run: () => {
      seen.push(weightsOf(encoder));
      return Promise.resolve({ "nDCG@10": [0.2, 0.5, 0.5, 0.5, 0.5][seen.length - 1] });
    },
  };
  const events = await all(train(encoder, { ...base, evaluate }));
  const evaluations = events.filter((event) => event.type === "evaluation");
  assert.deepEqual(evaluations.map(({ best }) => best), [true, true, false, false]);
  assert.deepEqual(weightsOf(encoder), seen[1]);
});

Deno.test("restore: false keeps the last weights, initial: false omits the first measurement", async () => {
  const encoder = await tinyEncoder("static");
  const seen: Map<string, Float32Array>[] = [];
  const evaluate = {
    every: 1,
    measure: "nDCG@10",
    initial: false,
    restore: false,
    run: () => Promise.resolve({ "nDCG@10": 1 / (seen.push(weightsOf(encoder)) + 1) }),
  };
  await all(train(encoder, { ...base, evaluate }));
  assert.equal(seen.length, STEPS);
  assert.deepEqual(weightsOf(encoder), seen.at(-1));
});

Deno.test("dropout changes the result of training, threads do not", async () => {
  const run = async (options: Partial<TrainOptions>) => {
    const encoder = await tinyEncoder("static");
    await all(train(encoder, { ...base, ...options }));
    return weightsOf(encoder);
  };
  const plain = await run({});
  assert.deepEqual(await run({ threads: 1 }), plain);
  assert.notDeepEqual(await run({ dropout: 0.3 }), plain);
});

Deno.test("a step reports exact cosines, learning rate, epoch and loss by source", async () => {
  const encoder = await tinyEncoder("static");
  const cosine = await cosinesOf(encoder);
  const events = await all(train(encoder, { ...base, schedule: "linear", warmup: 2 }));
  const steps = events.filter((event) => event.type === "step");
  assert.deepEqual(steps.map(({ learningRate }) => Number(learningRate.toFixed(6))), [
    ...[0.01, 0.02],
    ...[0.02, 0.015, 0.01, 0.005],
  ]);
  assert.deepEqual(steps.map(({ epoch }) => epoch), [1, 2, 3, 4, 5, 6]);
  const texts = new Map(
    [...collection.corpus.rows()].map(({ id, title, text }) => [id, title ? `${title} ${text}` : text]),
  );
  const questions = new Map([...collection.queries.rows()].map(({ id, text }) => [id, text]));
  const positive = [...collection.qrels.train.rows()].map((row) =>
    cosine(questions.get(row.query_id)!, texts.get(row.doc_id)!)
  );
  const own = new Map([...negatives.rows()].map((row) => {
    const text = row.doc_id === null ? row.text! : texts.get(row.doc_id)!;
    return [`${row.query_id} ${text}`, cosine(questions.get(row.query_id)!, text)];
  }));
  assert.ok(Math.abs(steps[0].positiveSimilarity - mean(positive)) < 1e-5);
  assert.ok(Math.abs(steps[0].negativeSimilarity - mean([...own.values()])) < 1e-5);
  assert.deepEqual(Object.keys(steps[0].lossBySource), ["bm25", "random", "synthetic"]);
});

Deno.test("evaluations within an epoch report its progress", async () => {
  const encoder = await tinyEncoder("static");
  const evaluate = { every: 1, measure: "x", run: () => Promise.resolve({ x: 1 }) };
  const events = await all(train(encoder, { ...base, batchSize: 3, epochs: 2, evaluate }));
  const epochs = events.filter((event) => event.type === "evaluation").map(({ epoch }) => epoch);
  assert.deepEqual(epochs, [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]);
});

Deno.test("a checkpoint after an evaluation resumes without repeating it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const calls: number[] = [];
    const options = (value: () => number): TrainOptions => ({
      ...{ ...base, folder, checkpointEvery: 2, keep: 9 },
      evaluate: { every: 2, measure: "x", run: (_, { step }) => Promise.resolve({ x: (calls.push(step), value()) }) },
    });
    await all(train(await tinyEncoder("static"), options(() => 1)));
    assert.deepEqual(calls.splice(0), [0, 2, 4, 6]);
    for (const name of ["step-00000006.checkpoint", "step-00000004.checkpoint"]) await Deno.remove(`${folder}/${name}`);
    const events = await all(train(await tinyEncoder("static"), { ...options(() => 1), resume: true }));
    assert.deepEqual(calls, [4, 6]);
    assert.deepEqual(events.filter(({ type }) => type === "step").map(({ step }) => step), [3, 4, 5, 6]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("by default, training saves every 100 steps and keeps two checkpoints", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const events = await all(train(await tinyEncoder("static"), { ...base, steps: 301, epochs: 400, folder }));
    assert.deepEqual(events.filter(({ type }) => type === "checkpoint").map(({ step }) => step), [
      0,
      100,
      200,
      300,
      301,
    ]);
    const kept = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".checkpoint"));
    assert.deepEqual(kept.sort(), ["step-00000300.checkpoint", "step-00000301.checkpoint"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("patience 1 stops at the first evaluation without improvement", async () => {
  const values = [0.5, 0.6, 0.6, 0.9];
  const evaluate = { every: 1, patience: 1, measure: "x", run: () => Promise.resolve({ x: values.shift()! }) };
  const events = await all(train(await tinyEncoder("static"), { ...base, evaluate }));
  assert.deepEqual(events.filter(({ type }) => type === "step").map(({ step }) => step), [1, 2]);
});

function contrast(positive: number, negatives: readonly number[]): number {
  const f = (score: number) => Math.exp(score / 0.1);
  return -Math.log(f(positive) / (f(positive) + negatives.reduce((all, score) => all + f(score), 0)));
}

function guided({ positives, negatives, inBatch, judgedPositives, judgedNegatives }: ReferenceRow): number {
  const lowest = Math.min(...judgedPositives);
  const left = negatives.filter((_, n) => !inBatch[n] || judgedNegatives[n] <= lowest);
  return mean(positives.map((p) => contrast(p, left)));
}

function distilled({ positives, negatives, judgedPositives, judgedNegatives }: ReferenceRow): number {
  return mean(
    positives.flatMap((p, i) => negatives.map((n, j) => (p - n - (judgedPositives[i] - judgedNegatives[j])) ** 2)),
  );
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((all, value) => all + value, 0) / values.length;
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

/** Cosines by an encoder, of texts of the tiny world. */
async function cosinesOf(encoder: Encoder): Promise<(query: string, document: string) => number> {
  const texts = {
    query: [...collection.queries.column("text")],
    document: [
      ...[...collection.corpus.rows()].map(({ title, text }) => title ? `${title} ${text}` : text),
      ...[...negatives.rows()].flatMap(({ text }) => text ?? []),
    ],
  };
  const vectors = new Map<string, Float32Array>();
  for (const kind of ["query", "document"] as const) {
    const { data, dimension } = await encoder.encode(texts[kind], { kind });
    texts[kind].forEach((text, i) => vectors.set(kind + text, data.slice(i * dimension, (i + 1) * dimension)));
  }
  return (query, document) => {
    const [q, d] = [vectors.get(`query${query}`)!, vectors.get(`document${document}`)!];
    const dot = q.reduce((all, value, j) => all + value * d[j], 0);
    return dot / (Math.hypot(...q) * Math.hypot(...d));
  };
}
