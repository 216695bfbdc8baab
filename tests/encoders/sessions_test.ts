import assert from "node:assert/strict";
import { join } from "node:path";
import { loadEncoder } from "../../lib/encoders/mod.ts";
import { random } from "../../lib/core/mod.ts";
import { FIXTURES, TEXTS } from "./fixtures.ts";

const stream = random(3);
const WORDS = TEXTS.join(" ").split(" ");
const MANY = Array.from(
  { length: 300 },
  () => Array.from({ length: 1 + stream.integer(24) }, () => WORDS[stream.integer(WORDS.length)]).join(" "),
);

for (const name of ["bert", "roberta", "mpnet", "static"]) {
  Deno.test(`${name}: one, two and five parallel sessions give the same bytes`, async () => {
    const one = await loadEncoder(join(FIXTURES, name), { threads: 1 });
    const { data } = await one.encode(MANY, { kind: "document" });
    await one.dispose();
    for (const sessions of [2, 5]) {
      const encoder = await loadEncoder(join(FIXTURES, name), { threads: 1, sessions });
      for (const turn of ["cold", "warm"]) {
        const found = await encoder.encode(MANY, { kind: "document" });
        assert.deepEqual(found.data, data, `${sessions} sessions, ${turn}`);
      }
      await encoder.dispose();
    }
  });
}

Deno.test("changed weights reach every session; a stop ends all of them", async () => {
  const encoder = await loadEncoder(join(FIXTURES, "bert"), { threads: 1, sessions: 2 });
  const alone = await loadEncoder(join(FIXTURES, "bert"), { threads: 1 });
  const before = await encoder.encode(MANY, { kind: "query" });
  for (const each of [encoder, alone]) {
    for (const { data } of each.parameters.values()) data.forEach((value, i) => data[i] = 0.9 * value);
    each.invalidate();
  }
  const after = await encoder.encode(MANY, { kind: "query" });
  assert.notDeepEqual(after.data, before.data);
  assert.deepEqual(after.data, (await alone.encode(MANY, { kind: "query" })).data);
  await assert.rejects(encoder.encode(MANY, { kind: "query", signal: AbortSignal.abort() }), {
    name: "CancelledError",
  });
  await Promise.all([encoder.dispose(), alone.dispose()]);
});

Deno.test("sessions is an integer >= 1", async () => {
  for (const sessions of [0, -1, 1.5]) {
    await assert.rejects(loadEncoder(join(FIXTURES, "bert"), { sessions }), /sessions must be an integer >= 1, found/);
  }
});
