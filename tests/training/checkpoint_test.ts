import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { KitError } from "../../lib/core/errors.ts";
import { refresh } from "../../lib/negatives/mining/refresh.ts";
import { checkpointPath } from "../../lib/training/checkpoints/checkpoint.ts";
import { train } from "../../lib/training/train.ts";
import type { TrainOptions } from "../../lib/training/train_options.ts";
import type { DoneEvent } from "../../lib/training/events.ts";
import { infoNCE } from "../../lib/training/losses/mod.ts";
import { all, tinyEncoder, tinyWorld, weightsOf } from "./world.ts";

const world = tinyWorld();
const options: TrainOptions = {
  ...world,
  batchSize: 6,
  trainGroupSize: 5,
  inBatch: true,
  learningRate: 2e-3,
  optimizer: { weightDecay: 0.02 },
  epochs: 2,
  loss: infoNCE({ temperature: 0.1 }),
  checkpointEvery: 5,
  // Better at first, then worse: best and stale are both at work when the checkpoint is written.
  evaluate: { every: 1, measure: "m", patience: 6, run: (_, { step }) => Promise.resolve({ m: step < 4 ? step : 0 }) },
  refresh: { every: 3, mine: refresh(world.collection, { depth: 6 }) },
};

/** Weights and events at the end. */
async function ended(folder: string): Promise<unknown> {
  const encoder = await tinyEncoder("static");
  const done = (await all(train(encoder, { ...options, folder, resume: true }))).at(-1) as DoneEvent;
  return [done.step, weightsOf(encoder), [...done.events.rows()].map(({ wall_ms: _, ...row }) => row)];
}

// deno-lint-ignore no-explicit-any -- Any JSON.
type Json = any;

/** A checkpoint with another header, its digest made right again. */
function rewritten(bytes: Uint8Array, change: (header: Json) => Json): Uint8Array<ArrayBuffer> {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const changed = new TextEncoder().encode(JSON.stringify(change(header)));
  const first = new Uint8Array(8);
  new DataView(first.buffer).setBigUint64(0, BigInt(changed.length), true);
  const content = [first, changed, bytes.subarray(8 + length, -64)];
  const hash = createHash("sha256");
  for (const part of content) hash.update(part);
  return new Uint8Array(Buffer.concat([...content, new TextEncoder().encode(hash.digest("hex"))]));
}

/** What a value may be changed into: other values of its kind and values of other kinds. */
function changesOf(value: Json): Json[] {
  if (typeof value === "number") return [value + 1, value - 1, value + 0.5, -7, 1e300, null, String(value)];
  if (typeof value === "string") return [`${value}x`, "", 3, null];
  if (typeof value === "boolean") return [!value, null, "true"];
  if (value === null) return [0, {}, { step: 1, value: 1 }];
  if (Array.isArray(value)) {
    const swapped = [value[1], value[0], ...value.slice(2)];
    return [value.slice(1), value.slice(0, -1), [...value, value[0]], ...value.length > 1 ? [swapped] : [], null, {}];
  }
  const keys = Object.keys(value);
  const without = keys.map((key) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)));
  return [...without, { ...value, unheardOf: 1 }, null, []];
}

/** Every place of a header, with what stands there. */
function* places(value: Json, path: (string | number)[] = []): Generator<[(string | number)[], Json]> {
  yield [path, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* places(inner, [...path, Array.isArray(value) ? +key : key]);
}

function put(root: Json, path: readonly (string | number)[], value: Json): Json {
  if (path.length === 0) return value;
  const copy = structuredClone(root);
  const parent = path.slice(0, -1).reduce((at, key) => at[key], copy);
  parent[path.at(-1)!] = value;
  return copy;
}

/** A folder with the checkpoints of steps 5 and 6 of 8, as a stopped training leaves them. */
async function withStopped(work: (folder: string, newest: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const stop = new AbortController();
    const events = train(await tinyEncoder("static"), { ...options, folder, signal: stop.signal });
    await assert.rejects(async () => {
      for await (const event of events) if (event.type === "step" && event.step === 6) stop.abort();
    }, { name: "CancelledError" });
    await work(folder, checkpointPath(folder, 6));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a checkpoint with any part of its header changed is refused by name, or resumes to the same bits", () =>
  withStopped(async (folder, newest) => {
    const bytes = await Deno.readFile(newest);
    const files = [...Deno.readDirSync(folder)].map(({ name }) => name);
    const kept = new Map(files.map((name) => [name, Deno.readFileSync(join(folder, name))]));
    const reset = async () => {
      for (const { name } of Deno.readDirSync(folder)) if (!kept.has(name)) await Deno.remove(join(folder, name));
      for (const [name, content] of kept) await Deno.writeFile(join(folder, name), content);
    };
    const whole = await ended(folder);
    await reset();
    let header: Json;
    assert.deepEqual(rewritten(bytes, (found) => header = found), bytes, "unchanged, the bytes are the same");
    let refused = 0;
    let same = 0;
    for (const [path, value] of places(header)) {
      for (const change of changesOf(value)) {
        if (JSON.stringify(change) === JSON.stringify(value)) continue;
        const what = `${path.join(".") || "header"} = ${JSON.stringify(change).slice(0, 80)}`;
        await Deno.writeFile(newest, rewritten(bytes, (found) => put(found, path, change)));
        let result: unknown;
        try {
          result = await ended(folder);
        } catch (error) {
          assert.ok(error instanceof KitError, `${what}: ${(error as Error).stack}`);
          assert.match(error.message, /step-00000006\.checkpoint/, what);
          // By name: the part that was changed, or what holds it.
          const inner = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
          const names = ["header", "block", "format", ...path, ...inner, "unheardOf"].map(String);
          const named = names.some((name) => new RegExp(`\\b${name}`).test(error.message));
          assert.ok(named, `${what}: ${error.message}`);
          refused++;
          continue;
        }
        assert.deepEqual(result, whole, what);
        assert.deepEqual(path.slice(0, 3), ["state", "position", "wall_ms"], `${what} changed nothing`);
        same++;
        await reset();
      }
    }
    assert.ok(refused > 250 && same > 0, `${refused} refused, ${same} the same`);
  }));

Deno.test("a checkpoint that is truncated, extended or something else is refused", () =>
  withStopped(async (folder, newest) => {
    const bytes = await Deno.readFile(newest);
    const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const ends = [
      0,
      1,
      7,
      8,
      9,
      header - 1,
      header,
      header + 1,
      bytes.length - 65,
      bytes.length - 64,
      bytes.length - 1,
    ];
    const wrong = [
      ...ends.map((end) => bytes.slice(0, end)),
      new Uint8Array([...bytes, 0]),
      new Uint8Array(bytes.length),
      new Uint8Array(bytes.length).fill(255),
      new TextEncoder().encode("not a checkpoint at all"),
    ];
    for (const content of wrong) {
      await Deno.writeFile(newest, content);
      await assert.rejects(ended(folder), {
        name: "KitError",
        message: /step-00000006.*Remove it to resume from .*05/s,
      });
    }
    await Deno.remove(newest);
    await Deno.mkdir(newest);
    await assert.rejects(ended(folder), { name: "KitError", message: /it is not a file/ });
    await Deno.remove(newest);
    await Deno.rename(checkpointPath(folder, 5), newest);
    await assert.rejects(ended(folder), /named after step 6, and holds step 5/);
  }));

Deno.test("a checkpoint in the spelling of version 0.1 resumes to the same bits", () =>
  withStopped(async (folder, newest) => {
    const bytes = await Deno.readFile(newest);
    const former = rewritten(bytes, (header) => {
      const { batchSize: batch, trainGroupSize: group, optimizer, ...rest } = header.state.optimizer;
      const { weightDecay: decay, ...adamW } = optimizer;
      const old = { ...rest, batch, group, optimizer: decay === undefined ? adamW : { ...adamW, decay } };
      return { ...header, state: { ...header.state, optimizer: old } };
    });
    assert.notDeepEqual(former, bytes);
    const whole = await ended(folder);
    for (const { name } of Deno.readDirSync(folder)) {
      if (/^step-.*(?<!06)\.checkpoint$/.test(name)) await Deno.remove(join(folder, name));
    }
    await Deno.writeFile(newest, former);
    assert.deepEqual(await ended(folder), whole);
  }));

Deno.test("missing best weights, or those of another step, are named", () =>
  withStopped(async (folder) => {
    const best = [...Deno.readDirSync(folder)].map(({ name }) => join(folder, name)).filter((n) => /best-/.test(n));
    assert.equal(best.length, 1);
    const bytes = await Deno.readFile(best[0]);
    const wrong: [Uint8Array | undefined, RegExp][] = [
      [undefined, /no such file/],
      [bytes.slice(0, 500), /bytes, its header claims|the file/],
      [rewritten(bytes, (h) => ({ ...h, state: { step: 2 } })), /Found weights of step 2, wanted 3/],
      [
        rewritten(bytes, (h) => ({ ...h, blocks: [{ ...h.blocks[0], name: "other" }] })),
        /Found 0 bytes of "embeddings.word"/,
      ],
    ];
    const checkpoints = new Map(
      [...Deno.readDirSync(folder)].map(({ name }) => [name, Deno.readFileSync(join(folder, name))]),
    );
    for (const [content, message] of wrong) {
      for (const [name, whole] of checkpoints) await Deno.writeFile(join(folder, name), whole);
      if (content) await Deno.writeFile(best[0], content);
      else await Deno.remove(best[0]);
      await assert.rejects(ended(folder), { name: "KitError", message });
    }
  }));

Deno.test("an evaluation may not use the names of training's own events", async () => {
  for (const name of ["loss", "refresh", "negatives"]) {
    const evaluate = { measure: "m", run: () => Promise.resolve({ m: 1, [name]: 1 }) };
    const events = train(await tinyEncoder("static"), { ...options, evaluate });
    await assert.rejects(all(events), new RegExp(`own events have the name "${name}"`));
  }
});
