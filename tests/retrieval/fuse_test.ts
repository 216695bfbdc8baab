import assert from "node:assert/strict";
import { fuse, KitError, tableOf } from "../../mod.ts";
import { RUN } from "../../lib/tables/mod.ts";

const run = (query_id: string, ids: string[]) =>
  tableOf(RUN, ids.map((doc_id, i) => ({ query_id, doc_id, rank: i + 1, score: 10 - i })));

Deno.test("reciprocal ranks add up; ties break by descending id", () => {
  const fused = [...fuse([run("q", ["a", "b"]), run("q", ["b", "a"]), run("r", ["c"])]).rows()];
  assert.deepEqual(fused.map(({ query_id, doc_id, rank }) => [query_id, doc_id, rank]), [
    ["q", "b", 1],
    ["q", "a", 2],
    ["r", "c", 1],
  ]);
  assert.equal(fused[0].score, Math.fround(1 / 61 + 1 / 62));
  assert.equal(fused[2].score, Math.fround(1 / 61));
});

Deno.test("depth truncates, k shifts", () => {
  const fused = [...fuse([run("q", ["a", "b", "c"])], { k: 0, depth: 2 }).rows()];
  assert.deepEqual(fused.map(({ doc_id, score }) => [doc_id, score]), [["a", 1], ["b", 0.5]]);
  assert.throws(() => fuse([]), KitError);
  assert.throws(() => fuse([run("q", ["a"])], { depth: 0 }), KitError);
  assert.throws(() => fuse([run("q", ["a", "a"])]), /"a" twice/);
});
