import assert from "node:assert/strict";
import { biggestChanges, compareArms, latex, mean, scoresBy } from "../../lib/evaluation/mod.ts";
import { QUERIES, SCORES, tableOf } from "../../lib/tables/mod.ts";

const scores = (values: Record<string, number>, measure = "nDCG@10") =>
  tableOf(SCORES, Object.entries(values).map(([query_id, value]) => ({ query_id, measure, value })));
const before = scores({ a: 0.5, b: 1, c: 0.25, d: 0.75, e: 0 });
const after = scores({ e: 0, d: 0.5, c: 1, b: 0.25, a: 0.75 });

Deno.test("the mean of one measure; several need a name", () => {
  assert.equal(mean(before), 0.5);
  assert.equal(mean(before, "ndcg@10"), 0.5);
  const both = tableOf(SCORES, [...before.rows(), ...scores({ a: 1 }, "P@1").rows()]);
  assert.equal(mean(both, "P@1"), 1);
  assert.throws(() => mean(both), /Name a measure: the scores hold nDCG@10, P@1/);
  assert.throws(() => mean(before, "P@1"), /no scores by "P@1": the scores hold nDCG@10/);
  assert.throws(() => mean(before.slice(0, 0)), /there are no scores/);
});

Deno.test("queries with the largest gains and losses, largest first, without unchanged ones", () => {
  const { gains, losses } = biggestChanges(before, after);
  assert.deepEqual(gains.map(({ query_id, change }) => [query_id, change]), [["c", 0.75], ["a", 0.25]]);
  assert.deepEqual(losses.map(({ query_id, change }) => [query_id, change]), [["b", -0.75], ["d", -0.25]]);
  assert.deepEqual(gains[0], { query_id: "c", before: 0.25, after: 1, change: 0.75 });
  const one = biggestChanges(before, after, { n: 1 });
  assert.deepEqual([one.gains.length, one.losses.length], [1, 1]);
  assert.match(Deno.inspect(one), /^query +before +after +change\nc +0.250 +1.000 +\+0.750\nb +1.000 +0.250 +−0.750$/);
  assert.throws(() => biggestChanges(before, scores({ a: 1 })), /query "b" is scored in one run and not in the other/);
  assert.throws(() => biggestChanges(before, after, { n: 0 }), /n must be an integer >= 1, found 0/);
});

Deno.test("means by a field of the queries; lists count for each value", () => {
  const queries = tableOf(QUERIES, [
    { id: "a", text: "", metadata: '{"style": "keyword", "tags": ["x", "y"]}' },
    { id: "b", text: "", metadata: '{"style": "question", "tags": ["x"]}' },
    { id: "c", text: "", metadata: '{"style": "keyword"}' },
    { id: "d", text: "", metadata: '{"style": "question"}' },
    { id: "e", text: "" },
  ]);
  const collection = { name: "tiny", queries };
  const styles = scoresBy(before, collection, "style");
  for (const { mean, interval: [low, high] } of styles) assert.ok(low <= mean && mean <= high);
  assert.ok(styles[0].interval[0] < styles[0].mean);
  assert.deepEqual(styles.map(({ group, queries, mean }) => ({ group, queries, mean })), [
    { group: "keyword", queries: 2, mean: 0.375 },
    { group: "none", queries: 1, mean: 0 },
    { group: "question", queries: 2, mean: 0.875 },
  ]);
  const tags = scoresBy(before, collection, "tags");
  assert.deepEqual(tags.map(({ group, queries }) => [group, queries]), [["none", 3], ["x", 2], ["y", 1]]);
  assert.match(Deno.inspect(tags), /^tags +queries +mean +95 % interval\n/);
  assert.throws(() => scoresBy(before, collection, "stile"), /Cannot group by "stile": did you mean "style"\?/);
});

Deno.test("a LaTeX table has a row for each arm and escapes its names", () => {
  const sample = (add: number) => Float64Array.from({ length: 12 }, (_, i) => (i % 4) / 4 + add);
  const compared = compareArms({ "no_fine & tuning": sample(0), "50% bm25": sample(0.125) });
  const lines = latex(compared).split("\n");
  assert.equal(lines.length, 8);
  assert.equal(lines[2], "arm & mean & interval & vs.\\ no\\_fine \\& tuning & interval & $p$ \\\\");
  assert.match(lines[4].replaceAll(/ +/g, " "), /^no\\_fine \\& tuning & 0\.375 & \[0\.\d{3}, 0\.\d{3}\] & & & \\\\$/);
  assert.match(
    lines[5],
    /^50\\% bm25 & 0\.500 & \[.*\] & \$\+0\.125\$ & \[0\.125, 0\.125\] & (\$<0\.001\$|0\.000) \\\\$/,
  );
});
