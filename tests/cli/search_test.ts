import assert from "node:assert/strict";
import { join } from "node:path";
import { captureCommand } from "../support/capture_command.ts";
import { evaluateCommand } from "../../lib/cli/evaluate.ts";
import { searchCommand } from "../../lib/cli/search.ts";
import { loadCollection, loadCrossEncoder, readTable } from "../../mod.ts";
import { crossEncoderFolder } from "../encoders/cross_encoder_fixture.ts";
import { SCORES } from "../../lib/tables/mod.ts";

const QRELS = join(import.meta.dirname!, "..", "..", "data", "facets", "qrels", "test.tsv");

const search = (...args: string[]) => captureCommand(searchCommand, ...args);
const evaluate = (...args: string[]) => captureCommand(evaluateCommand, ...args);

Deno.test("search writes runs, in TREC format and in Arrow, that evaluate scores as search did", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [trec, arrow, other] = ["a.run", "a.arrow", "b.run"].map((name) => join(folder, name));
    const first = await search("facets", "--out", trec);
    assert.equal(first.code, 0);
    await search("facets", "--out", arrow);
    await search("facets", "--k1", "0", "--out", other);
    const ndcg = /nDCG@10 +(\S+)/.exec(first.out)![1];
    const scores = join(folder, "scores.arrow");
    for (const run of [trec, arrow]) {
      const { out } = await evaluate(run, QRELS, "--measure", "nDCG@10", "--complete");
      assert.deepEqual(out.split("\n").map((line) => line.split(/\s+/)), [
        ["num_q", "all", "1083"],
        // As pytrec_eval counts them.
        ["num_ret", "all", "100686"],
        ["num_rel", "all", "1497"],
        ["num_rel_ret", "all", "1273"],
        ["ndcg_cut_10", "all", ndcg],
      ]);
    }
    const compared = await evaluate(
      trec,
      QRELS,
      "--measure",
      "MAP",
      "--against",
      other,
      "--margin",
      "0.5",
      "--out",
      scores,
    );
    assert.match(compared.out, /MAP: difference \+0\.\d{4}, 95 % interval/);
    assert.match(compared.out, /equivalent within 0\.5: shown/);
    assert.equal((await readTable(scores, SCORES)).length, 1083);
    const again = await search("facets", "--out", trec);
    assert.equal(again.code, 1);
    assert.match(again.errors, /a file of this name exists/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("search refuses ids that TREC format cannot hold before it searches, and names the format that can", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "qrels"));
    await Deno.writeTextFile(join(folder, "corpus.jsonl"), '{"_id": "d 6", "title": "", "text": "red"}\n');
    await Deno.writeTextFile(join(folder, "queries.jsonl"), '{"_id": "q", "text": "red"}\n');
    const judged = ["query-id\tcorpus-id\tscore", "q\td 6\t1", "nobody\td 6\t1"];
    await Deno.writeTextFile(join(folder, "qrels", "test.tsv"), judged.join("\n"));
    const trec = await search(folder, "--out", join(folder, "x.run"));
    assert.equal(trec.code, 1);
    assert.match(trec.errors, /"d 6" as TREC's text: .*; a file that ends in \.arrow takes it/);
    assert.doesNotMatch(trec.errors, /indexing/);
    const arrow = await search(folder, "--out", join(folder, "x.arrow"));
    assert.equal(arrow.code, 0, arrow.errors);
    assert.match(arrow.errors, /1 judged queries are not in the collection and count as 0/);
    assert.match(arrow.out, /nDCG@10 +0\.5000/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("search answers a single query", async () => {
  const { code, out, errors } = await search("facets", "--query", "salt in bread dough", "--depth", "2");
  assert.equal(code, 0, errors);
  assert.match(out, /^ {2}1 {2}\d+\.\d{3} {2}d\d+ {2}What salt does to dough\n/);
  assert.equal(out.split("\n").length, 4);
  assert.equal((await search("facets", "--query", "the of")).out, "no results");
});

Deno.test("evaluate prints what trec_eval prints", async () => {
  const fixtures = join(import.meta.dirname!, "..", "fixtures", "evaluation");
  const expected = Deno.readTextFileSync(join(fixtures, "trec_eval.level2.txt")).split("\n")
    // The command scores every judged query, so that its means differ from those of trec_eval without -c.
    .filter((line) => /^(map|ndcg_cut_10|P_10|recip_rank) +\tq/.test(line));
  const { out } = await evaluate(
    join(fixtures, "run.txt"),
    join(fixtures, "qrels.txt"),
    ...["map", "ndcg_cut_10", "P_10", "recip_rank"].flatMap((name) => ["--measure", name]),
    "--level",
    "2",
    "--per-query",
  );
  assert.ok(expected.length >= 16);
  for (const line of expected) assert.ok(out.split("\n").includes(line), line);
});

Deno.test("errors name the nearest known names; each help has examples", async () => {
  const cases: [{ code: number; out: string; errors: string }, number, RegExp][] = [
    [await search("facet"), 1, /did you mean "facets"/],
    [await search("facets", "--split", "tset"), 1, /did you mean "test"/],
    [await search("facets", "--method", "bm52"), 2, /did you mean "bm25"/],
    [await search("facets", "--spilt", "dev"), 2, /did you mean "split"/],
    [await search("facets", "--depth", "0"), 1, /--depth must be an integer >= 1, found 0/],
    [await evaluate("nowhere.run", QRELS), 1, /nowhere\.run/],
    [await evaluate("a.run", QRELS, "--measure", "nDGC@10"), 1, /did you mean "nDCG@10"/],
    [await evaluate("a.run", QRELS, "--margin", "0.1"), 1, /--margin needs --against/],
    [await evaluate("a.run"), 2, /Missing argument <qrels>/],
  ];
  for (const [found, code, message] of cases) {
    assert.match(found.errors, message);
    assert.equal(found.code, code, found.errors);
  }
  for (const command of [search, evaluate]) assert.match((await command("--help")).out, /Examples\n {2}deno task/);
});

Deno.test("search --rerank orders the first documents by a cross-encoder's scores", async () => {
  const { folder } = await crossEncoderFolder("distilbert");
  const query = "why does bread rise";
  const ids = (text: string) =>
    [...text.matchAll(/^ *\d+ +(-?[\d.]+) +(\S+)/gm)].map(([, score, id]) => ({ score, id }));
  const plain = ids((await search("facets", "--query", query, "--depth", "12")).out);
  const again = ids(
    (await search("facets", "--query", query, "--rerank", folder, "--rerank-depth", "12", "--depth", "5")).out,
  );
  assert.equal(again.length, 5);
  const model = await loadCrossEncoder(folder);
  const { corpus } = await loadCollection("facets");
  const documents = new Map(
    [...corpus.rows()].map(({ id, title, text }) => [id, title === "" ? text : `${title} ${text}`]),
  );
  const scores = await model.score(plain.map(({ id }) => ({ query, document: documents.get(id)! })));
  const wanted = plain.map(({ id }, i) => ({ id, score: scores[i] })).sort((a, b) => b.score - a.score).slice(0, 5);
  assert.deepEqual(again, wanted.map(({ id, score }) => ({ score: score.toFixed(3), id })));
  await model.dispose();
  assert.match((await search("facets", "--rerank-depth", "5")).errors, /--rerank-depth without --rerank/);
});
