import assert from "node:assert/strict";
import { join } from "node:path";
import { tensorBoard } from "../../lib/files/mod.ts";
import { EVENTS, tableOf } from "../../lib/tables/mod.ts";

const FIXTURE = join(import.meta.dirname!, "..", "fixtures", "tensorboard", "events.tfevents");

Deno.test("event files are byte for byte those of TensorBoard's own writer", async () => {
  const rows = [
    { step: 1, epoch: 0.1, name: "loss", value: 2.5, wall_ms: 40 },
    { step: 1, epoch: 0.1, name: "learning_rate", value: 1e-5, wall_ms: 40 },
    { step: 300, epoch: 1, name: "nDCG@10", value: 0.7213, wall_ms: 12_345.5 },
    { step: 100_000, epoch: 9, name: "loss:synthetic", value: -0.25, wall_ms: 9e6 },
  ];
  const found = tensorBoard(tableOf(EVENTS, rows), { start: 1_700_000_000_125 });
  assert.deepEqual(found, await Deno.readFile(FIXTURE));
});

Deno.test("a table without events is a file with a version alone", () => {
  assert.equal(tensorBoard(tableOf(EVENTS, [])).length, 8 + 4 + 9 + 2 + 13 + 4);
});
