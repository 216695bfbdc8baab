import assert from "node:assert/strict";
import { join } from "node:path";
import { ArgumentError, CancelledError, KitError } from "../../lib/core/errors.ts";
import { readTable } from "../../lib/files/arrow/ipc.ts";
import { EVENTS, NEGATIVES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { hybrid } from "../../lib/negatives/sampling/mod.ts";
import { checkpointPath, listCheckpoints } from "../../lib/training/checkpoints/checkpoint.ts";
import { train } from "../../lib/training/train.ts";
import type { TrainOptions } from "../../lib/training/train_options.ts";
import type { DoneEvent, StepEvent, StoppedEvent, TrainEvent } from "../../lib/training/events.ts";
import { distillation, gist, infoNCE, LOSSES, marginMSE } from "../../lib/training/losses/mod.ts";
import { all, timeless, tinyEncoder, tinyWorld, weightsOf } from "./world.ts";

const { collection, negatives } = tinyWorld();
const base: TrainOptions = {
  collection,
  negatives,
  batchSize: 6,
  trainGroupSize: 5,
  inBatch: true,
  learningRate: 2e-3,
  epochs: 2,
  loss: infoNCE({ temperature: 0.1 }),
};

async function folder(run: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await run(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const stepsOf = (events: readonly TrainEvent[]) => events.filter((e): e is StepEvent => e.type === "step");
const doneOf = (events: readonly TrainEvent[]) => events.at(-1) as DoneEvent;
/** The event table without its clock. */
const rowsOf = ({ events }: DoneEvent) => [...events.rows()].map(({ wall_ms: _, ...row }) => row);

Deno.test("training reports every step, and the numbers are consistent", async () => {
  const encoder = await tinyEncoder();
  const events = await all(train(encoder, { ...base, epochs: 6 }));
  const steps = stepsOf(events);
  assert.equal(steps.length, 24);
  assert.equal(steps[0].steps, 24);
  assert.equal(steps.at(-1)!.epoch, 6);
  for (const { loss, lossBySource, gradientNorm, tokens } of steps) {
    const parts = Object.values(lossBySource).reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(parts - loss) < 1e-5 * Math.max(1, loss), `${parts} of ${loss}`);
    assert.ok(gradientNorm > 0 && tokens > 0);
  }
  assert.deepEqual(Object.keys(steps[0].lossBySource), ["bm25", "in-batch", "random", "synthetic"]);
  const mean = (part: StepEvent[]) => part.reduce((sum, { loss }) => sum + loss, 0) / part.length;
  assert.ok(mean(steps.slice(-4)) < 0.5 * mean(steps.slice(0, 4)), "the loss falls");
  const done = doneOf(events);
  assert.equal(done.reason, "finished");
  assert.equal(rowsOf(done).filter(({ name }) => name === "loss").length, 24);
});

for (const name of LOSSES.names) {
  Deno.test(`training runs with ${name}`, async () => {
    const encoder = await tinyEncoder("static");
    const before = weightsOf(encoder);
    const loss = LOSSES.make(name);
    const teacher = loss.needs.teacher ? { teacher: "scores", inBatch: false } as const : {};
    const events = await all(train(encoder, { ...base, loss, ...teacher, epochs: 1 }));
    assert.equal(stepsOf(events).length, 4);
    assert.notDeepEqual(weightsOf(encoder), before);
  });
}

Deno.test("the same seed gives the same weights, another seed different ones", async () => {
  const run = async (seed: number, more: Partial<TrainOptions> = {}) => {
    const encoder = await tinyEncoder();
    await all(train(encoder, { ...base, seed, ...more }));
    return weightsOf(encoder);
  };
  const first = await run(1);
  assert.deepEqual(await run(1), first);
  assert.notDeepEqual(await run(2), first);
  const dropped = await run(1, { dropout: 0.2 });
  assert.deepEqual(await run(1, { dropout: 0.2 }), dropped);
  assert.notDeepEqual(dropped, first);
});

Deno.test("frozen parameters stay unchanged, the others change", async () => {
  const encoder = await tinyEncoder();
  const before = weightsOf(encoder);
  await all(train(encoder, { ...base, freeze: ["embeddings.*", "layer.0.*"] }));
  for (const [name, { data }] of encoder.parameters) {
    const frozen = name.startsWith("embeddings.") || name.startsWith("layer.0.");
    assert.equal(data.every((value, i) => value === before.get(name)![i]), frozen, name);
  }
});

Deno.test("budgets of tokens, accumulation and GradCache reach the end of their epochs", async () => {
  for (const options of [{ batchSize: undefined, tokens: 300 }, { accumulate: 3 }, { chunk: 4 }]) {
    const encoder = await tinyEncoder("static");
    const steps = stepsOf(await all(train(encoder, { ...base, ...options })));
    assert.equal(steps.length, steps[0].steps);
    assert.equal(steps.at(-1)!.epoch, 2);
    if (options.tokens) assert.ok(steps.every(({ tokens }) => tokens <= 300));
  }
});

Deno.test("early stopping ends training and restores the best weights", async () => {
  const encoder = await tinyEncoder("static");
  const script = [0.3, 0.5, 0.4, 0.45, 0.9];
  const seen: Map<string, Float32Array>[] = [];
  const evaluate = {
    every: 2,
    measure: "nDCG@10",
    patience: 2,
    run: () => {
      seen.push(weightsOf(encoder));
      return Promise.resolve({ "nDCG@10": script[seen.length - 1] });
    },
  };
  const events = await all(train(encoder, { ...base, epochs: 5, evaluate }));
  const evaluations = events.filter((e) => e.type === "evaluation");
  assert.deepEqual(evaluations.map(({ step, best }) => [step, best]), [[0, true], [2, true], [4, false], [6, false]]);
  assert.equal(doneOf(events).reason, "early-stop");
  assert.deepEqual(weightsOf(encoder), seen[1]);
  assert.notDeepEqual(seen[3], seen[1]);
});

Deno.test("an evaluation without its measure is an error", async () => {
  const evaluate = { measure: "MAP", run: () => Promise.resolve({ "nDCG@10": 1 }) };
  await assert.rejects(all(train(await tinyEncoder("static"), { ...base, evaluate })), /gave undefined for MAP/);
});

Deno.test("training cancelled at any step resumes to the same weights and events", async () => {
  const evaluate = (encoder: Awaited<ReturnType<typeof tinyEncoder>>) => ({
    every: 3,
    measure: "sum",
    run: () => Promise.resolve({ sum: encoder.parameters.values().next().value!.data[100] }),
  });
  const refresh = {
    every: 5,
    mine: (_: unknown, { negatives: present, step }: { negatives: typeof negatives; step: number }) =>
      Promise.resolve(tableOf(NEGATIVES, [...present.rows()].filter((_, i) => i % 5 !== step % 3))),
  };
  const options = { ...base, dropout: 0.1, refresh };
  const whole = await tinyEncoder();
  const wanted = await all(train(whole, { ...options, evaluate: evaluate(whole) }));
  for (let stop = 0; stop < 8; stop++) {
    await folder(async (path) => {
      const controller = new AbortController();
      const interrupted = await tinyEncoder();
      const stored = { ...options, folder: path, checkpointEvery: 100 };
      const events: TrainEvent[] = [];
      if (stop === 0) controller.abort();
      await assert.rejects(async () => {
        for await (
          const event of train(interrupted, {
            ...stored,
            evaluate: evaluate(interrupted),
            signal: controller.signal,
          })
        ) {
          events.push(event);
          if (event.type === "step" && event.step === stop) controller.abort();
        }
      }, (error: Error) => {
        assert.ok(error instanceof CancelledError);
        assert.match(error.message, new RegExp(`^Stopped training at step ${stop} of 8; resume from .*step-0*${stop}`));
        return true;
      });
      const { type, step, steps } = events.at(-1) as StoppedEvent;
      assert.deepEqual({ type, step, steps }, { type: "stopped", step: stop, steps: 8 });
      assert.deepEqual((await listCheckpoints(path)).map(({ step }) => step)[0], stop);
      const resumed = await tinyEncoder();
      const rest = await all(train(resumed, { ...stored, evaluate: evaluate(resumed), resume: true }));
      assert.equal(rest[0].type, "resume");
      assert.deepEqual(weightsOf(resumed), weightsOf(whole));
      assert.deepEqual(rowsOf(doneOf(rest)), rowsOf(doneOf(wanted)));
      const kept = [...events, ...rest].filter(({ type }) => ["step", "evaluation", "refresh", "draw"].includes(type));
      const without = wanted.filter(({ type }) => type !== "done");
      assert.deepEqual(kept.map(timeless), without.map(timeless));
      const table = await readTable(join(path, "events.arrow"), EVENTS);
      assert.equal(table.length, doneOf(wanted).events.length);
    });
  }
});

Deno.test("a finished training resumes to its end at once", async () => {
  await folder(async (path) => {
    const first = await tinyEncoder("static");
    await all(train(first, { ...base, folder: path }));
    const again = await tinyEncoder("static");
    const events = await all(train(again, { ...base, folder: path, resume: true }));
    assert.deepEqual(events.map(({ type }) => type), ["resume", "checkpoint", "done"]);
    assert.deepEqual(weightsOf(again), weightsOf(first));
  });
});

Deno.test("checkpoints of another model, optimizer or data are refused by name", async () => {
  await folder(async (path) => {
    const options = { ...base, folder: path, sampler: hybrid({ bm25: 4 }, { seed: 1 }) };
    await all(train(await tinyEncoder("static"), options));
    const guide = await tinyEncoder();
    const other = tinyWorld(21, 5);
    const resumes: [RegExp, Promise<Awaited<ReturnType<typeof tinyEncoder>>>, Partial<TrainOptions>][] = [
      [/another model: query was/, tinyEncoder("bert"), {}],
      [/another optimizer: learningRate was 0.002, is 0.001/, tinyEncoder("static"), { learningRate: 1e-3 }],
      [/another optimizer: loss was "infoNCE/, tinyEncoder("static"), { loss: infoNCE({ temperature: 0.2 }) }],
      [/another optimizer: sampler/, tinyEncoder("static"), { sampler: hybrid({ synthetic: 4 }, { seed: 1 }) }],
      [/another optimizer: sampler/, tinyEncoder("static"), { sampler: hybrid({ bm25: 4 }, { seed: 2 }) }],
      [/another optimizer: guide/, tinyEncoder("static"), { guide }],
      [/another data: collection was/, tinyEncoder("static"), other],
      [/another data: negatives was/, tinyEncoder("static"), { negatives: negatives.slice(0, negatives.length - 1) }],
    ];
    for (const [message, encoder, changed] of resumes) {
      await assert.rejects(all(train(await encoder, { ...options, ...changed, resume: true })), message);
    }
    await assert.rejects(all(train(await tinyEncoder("static"), options)), /it holds checkpoints; resume/);
  });
});

Deno.test("a broken checkpoint is refused with the one to resume from", async () => {
  await folder(async (path) => {
    const options = { ...base, folder: path, checkpointEvery: 3 };
    await all(train(await tinyEncoder("static"), options));
    const newest = checkpointPath(path, 8);
    const bytes = await Deno.readFile(newest);
    const wrong = [bytes.slice(0, 1000), bytes.with(bytes.length - 100, bytes.at(-100)! ^ 1), bytes.slice(0, -1)];
    for (const content of wrong) {
      await Deno.writeFile(newest, content);
      const resumed = train(await tinyEncoder("static"), { ...options, resume: true });
      await assert.rejects(all(resumed), /step-00000008.*Remove it to resume from .*step-00000006/s);
    }
    await Deno.remove(newest);
    const encoder = await tinyEncoder("static");
    assert.equal(doneOf(await all(train(encoder, { ...options, resume: true }))).step, 8);
  });
});

Deno.test("a loss that is not finite stops with step, queries and the last good checkpoint", async () => {
  await folder(async (path) => {
    const encoder = await tinyEncoder();
    const options = { ...base, folder: path, checkpointEvery: 2 };
    const running = train(encoder, options);
    await assert.rejects(async () => {
      for await (const event of running) {
        if (event.type === "step" && event.step === 3) encoder.parameters.get("layer.1.ffn.in.weight")!.data[7] = NaN;
      }
    }, (error: Error) => {
      assert.ok(error instanceof KitError);
      assert.match(error.message, /loss is NaN at step 4, queries q\d+, q\d+.*last good checkpoint is .*00000002/);
      return true;
    });
    const whole = await tinyEncoder();
    await all(train(whole, base));
    const resumed = await tinyEncoder();
    await all(train(resumed, { ...options, resume: true }));
    assert.deepEqual(weightsOf(resumed), weightsOf(whole));
  });
});

Deno.test("guide and teacher are used, and missing scores are named", async () => {
  const guide = await tinyEncoder();
  const loss = gist(infoNCE({ temperature: 0.1 }));
  assert.equal(stepsOf(await all(train(await tinyEncoder("static"), { ...base, loss, guide }))).length, 8);
  const teacher = distillation({ temperature: 0.1 });
  assert.equal(
    stepsOf(await all(train(await tinyEncoder("static"), { ...base, loss: teacher, teacher: guide }))).length,
    8,
  );
  const bare = tableOf(NEGATIVES, [...negatives.rows()].map((row) => ({ ...row, score: null })));
  const running = train(await tinyEncoder("static"), {
    ...base,
    negatives: bare,
    loss: marginMSE(),
    teacher: "scores",
    inBatch: false,
  });
  await assert.rejects(all(running), /Cannot distill for query "q\d+"/);
});

Deno.test("options outside their domain fail before any work", async () => {
  const encoder = await tinyEncoder("static");
  const before = weightsOf(encoder);
  const wrong: Partial<TrainOptions>[] = [
    { learningRate: 0 },
    { learningRate: -1 },
    { learningRate: NaN },
    { learningRate: Infinity },
    { batchSize: 0 },
    { loss: marginMSE(), teacher: "scores" },
    { loss: marginMSE(), teacher: "scores", inBatch: false, negatives: undefined },
    { batchSize: 2.5 },
    { tokens: 100 },
    { epochs: 0 },
    { steps: 0 },
    { trainGroupSize: 0 },
    { positives: 0 },
    { accumulate: 0 },
    { chunk: 0 },
    { clip: -1 },
    { dropout: 1 },
    { warmup: -0.1 },
    { seed: 0.5 },
    { schedule: "sine" as "cosine" },
    { split: "validation" },
    { freeze: ["nothing"] },
    { optimizer: { weightDecay: -1 } },
    { loss: gist(infoNCE()) },
    { loss: marginMSE() },
    { resume: true },
    { checkpointEvery: 0 },
    { keep: 0 },
    { evaluate: { every: 0, measure: "x", run: () => Promise.resolve({}) } },
  ];
  for (const options of wrong) {
    await assert.rejects(train(encoder, { ...base, ...options }).next(), ArgumentError, JSON.stringify(options));
  }
  const none = { ...base, negatives: tableOf(NEGATIVES, []), inBatch: false };
  await assert.rejects(
    train(encoder, none).next(),
    /in-batch negatives are off, and none of the 20 queries of "train" has a negative \(0 rows, 0 kept\)/,
  );
  assert.deepEqual(weightsOf(encoder), before);
});
