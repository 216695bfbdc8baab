import assert from "node:assert/strict";
import * as kit from "../../mod.ts";

const facets = await kit.loadCollection("facets");
const mined = await kit.mine(facets, { source: "bm25", depth: 5 });

Deno.test("an encoder shows a card, not its weights", async () => {
  const encoder = await kit.loadEncoder("built-in");
  const text = Deno.inspect(encoder);
  assert.match(text, /^built-in: static encoder\n {2}dimension +\d+\n {2}parameters +[\d,]+ in 1 tensor\n/);
  assert.ok(text.split("\n").length < 8, text);
  const { scores, run } = await kit.evaluateEncoder(encoder, facets);
  const evaluation = await kit.evaluateEncoder(encoder, facets);
  assert.match(
    Deno.inspect(evaluation),
    /^built-in on facets, test: [\d,]+ queries\nmeasure +mean\nnDCG@10 +0\.\d{3}$/,
  );
  assert.deepEqual([...evaluation.scores.rows()], [...scores.rows()]);
  assert.equal(evaluation.run.length, run.length);
  await encoder.dispose();
  const asked = kit.endpointEncoder({ model: "m", dimension: 3, url: "http://127.0.0.1:1/v1" });
  assert.match(Deno.inspect(asked), /^m at 127\.0\.0\.1:1: endpoint encoder\n {2}dimension +3/);
});

Deno.test("a comparison is a sentence, arms are a table", () => {
  const sample = (add: number) => Float64Array.from({ length: 40 }, (_, i) => ((i * 7) % 10) / 20 + add * (i % 3));
  const found = kit.compare(sample(0.1), sample(0), { margin: 0.2 });
  assert.match(
    Deno.inspect(found),
    /^difference \+0\.0\d+, 95 % interval \+0\.\d+ to \+0\.\d+, p < 0\.001; on 40 queries: 26 better, 14 equal, 0 worse\nsmallest difference .*: 0\.\d{3}\nequivalent within 0\.2: yes/,
  );
  const arms = Deno.inspect(kit.compareArms({ random: sample(0), bm25: sample(0.1) })).split("\n");
  assert.match(arms[0], /^arm +mean +interval +- random +interval +p \(Holm\) +detectable$/);
  assert.match(arms[2], /^bm25 +0\.\d{3} +0\.\d{3} to 0\.\d{3} +\+0\.\d{3} /);
});

Deno.test("a waterfall, false negatives and effects of filters are tables", async () => {
  assert.match(
    Deno.inspect(kit.waterfall(mined)),
    /^source +rule +dropped +relabeled +left\nbm25 +candidates +0 +0 +[\d,]+\n/,
  );
  assert.match(Deno.inspect(await kit.falseNegatives(mined, facets)), /^source +kept +judged +false negatives/);
  const effects = await kit.filterEffects(mined, facets, { margin: [kit.filters.relativeMargin(0.05)] });
  assert.match(Deno.inspect(effects), /^filter +source +kept +false negatives +%\nbefore +bm25/);
});
