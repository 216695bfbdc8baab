// deno-lint-ignore-file no-control-regex -- control characters must not be printed
import assert from "node:assert/strict";
import { join } from "node:path";
import { data } from "../../lib/cli/data.ts";
import { evaluateCommand } from "../../lib/cli/evaluate.ts";
import { mineCommand } from "../../lib/cli/mine.ts";
import { searchCommand } from "../../lib/cli/search.ts";
import { captureCommand } from "../support/capture_command.ts";

const EV = join(import.meta.dirname!, "..", "fixtures", "data", "cases", "ev");

const evaluate = (...args: string[]) => captureCommand(evaluateCommand, ...args);

Deno.test("evaluate equals pytrec_eval for every query of a run with ties, CRLF and odd ids", async () => {
  const expected: Record<string, Record<string, number>> = JSON.parse(
    await Deno.readTextFile(join(EV, "expected.json")),
  );
  const measures = Object.keys(Object.values(expected)[0]);
  const { out } = await evaluate(
    join(EV, "n.run"),
    join(EV, "n.qrels"),
    "--per-query",
    "--retrieved",
    ...measures.flatMap((name) => ["--measure", name]),
  );
  const found = new Map(
    out.trim().split("\n").map((line) => [line.split(/\s+/).slice(0, 2).join(" "), line.split(/\s+/)[2]]),
  );
  for (const [query, values] of Object.entries(expected)) {
    for (const [name, value] of Object.entries(values)) {
      assert.ok(Math.abs(Number(found.get(`${name} ${query}`)) - value) <= 0.00005 + 1e-9, `${name} ${query}`);
    }
  }
  assert.equal(found.get("num_q all"), String(Object.keys(expected).length));
});

Deno.test("judged queries that the run lacks count as 0 unless --retrieved leaves them out; both report how many", async () => {
  const paths = [join(EV, "n.run"), join(EV, "n.qrels"), "--measure", "MAP"];
  const [all, retrieved] = [await evaluate(...paths), await evaluate(...paths, "--retrieved")];
  const map = ({ out }: { out: string }) => Number(/^map\s+all\s+(\S+)/m.exec(out)![1]);
  assert.match(all.out, /^num_q\s+all\s+41$/m);
  assert.match(retrieved.out, /^num_q\s+all\s+40$/m);
  assert.ok(Math.abs(map(all) * 41 - map(retrieved) * 40) < 0.004);
  assert.match(all.errors, /1 judged query missing from the run: counted as 0 \(--retrieved leaves them out\)/);
  assert.match(retrieved.errors, /1 judged query missing from the run: left out/);
  assert.match((await evaluate(...paths, "--retrieved", "--complete")).errors, /exclude each other/);
});

const ODD: [run: string, code: number, message: RegExp][] = [
  ["tag.run", 0, /^map\s+all\s+1\.0000$/m],
  ["inf.run", 0, /^map\s+all\s+1\.0000$/m],
  ["hex.run", 0, /^map\s+all\s+1\.0000$/m],
  ["nan.run", 1, /found "-nan", wanted a 32-bit number \(nan has no rank.*nan\.run:1, field "score"/],
  ["five.run", 1, /found 5 fields, wanted "query Q0 document rank score tag" \(/],
  ["norank.run", 1, /found 5 fields, .*; field 4 is empty .*norank\.run:1/],
  ["dup.run", 1, /document d1 is ranked twice for query q1 .*dup\.run:2/],
];
for (const [run, expected, message] of ODD) {
  Deno.test(`${run} is read as trec_eval 10 reads it, or refused`, async () => {
    const { code, out, errors } = await evaluate(join(EV, run), join(EV, "one.qrels"), "--measure", "MAP");
    assert.equal(code, expected, errors);
    assert.match(expected === 0 ? out : errors, message);
  });
}

Deno.test("only ASCII white space separates ids, comments are skipped, CSV judgments are read", async () => {
  const folder = await Deno.makeTempDir();
  assert.match(
    (await evaluate(join(EV, "ideo.run"), join(EV, "ideo.qrels"), "--measure", "MAP")).out,
    /map\s+all\s+1\.0000/,
  );
  const [run, qrels, csv] = ["a.run", "a.qrels", "a.csv"].map((name) => join(folder, name));
  await Deno.writeTextFile(run, "# made by hand\nq1 Q0 d2 1 0x1.8p1 t\n  # again\nq1 Q0 d1 2 -Infinity t more words\n");
  await Deno.writeTextFile(qrels, "# judged by us\nq1 0 d1 1\n#q1 0 d2 1\n");
  await Deno.writeTextFile(csv, 'query-id,corpus-id,score\n"q1",d1,1\n');
  for (const judged of [qrels, csv]) {
    const { out, errors } = await evaluate(run, judged, "--measure", "MRR", "--per-query");
    assert.match(out, /^num_rel_ret\s+q1\s+1$/m, errors);
    assert.match(out, /^recip_rank\s+all\s+0\.5000$/m);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("search and evaluate agree on queries without results, and search counts them", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(join(folder, "qrels"));
  await Deno.writeTextFile(
    join(folder, "corpus.jsonl"),
    '{"_id": "d1", "text": "red"}\n{"_id": "d2", "text": "blue"}\n',
  );
  await Deno.writeTextFile(
    join(folder, "queries.jsonl"),
    '{"_id": "q1", "text": "red"}\n{"_id": "q2", "text": "green"}\n',
  );
  const judged = join(folder, "qrels", "test.tsv");
  await Deno.writeTextFile(judged, "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\n");
  const found = await captureCommand(searchCommand, folder, "--out", join(folder, "a.run"));
  assert.match(found.out, /nDCG@10 +0\.5000/);
  assert.match(found.errors, /1 queries found nothing and count as 0/);
  assert.match(
    (await evaluate(join(folder, "a.run"), judged, "--measure", "nDCG@10")).out,
    /ndcg_cut_10\s+all\s+0\.5000/,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("titles, texts, ids and paths are printed without control characters", async () => {
  const parent = await Deno.makeTempDir();
  const folder = join(parent, "set");
  await Deno.mkdir(join(folder, "qrels"), { recursive: true });
  const evil = "red \x1b[2J\x9b31m\u202e\x07";
  const line = (id: string, extra: object) => `${JSON.stringify({ _id: id, text: evil, ...extra })}\n`;
  await Deno.writeTextFile(
    join(folder, "corpus.jsonl"),
    line(`d${evil}`, { title: `${evil}\nforged line` }) + line("d2", {}),
  );
  await Deno.writeTextFile(join(folder, "queries.jsonl"), line("q1", {}));
  await Deno.writeTextFile(
    join(folder, "qrels", "train.tsv"),
    `query-id\tcorpus-id\tscore\nq1\t\x1b]0;x\x07\t1\nq1\td2\t1\n`,
  );
  const commands: [{ name: string }, string[]][] = [
    [data, [folder]],
    [data, [folder, "--json"]],
    [data, [`${parent}/no\x1b[2J`]],
    [searchCommand, [folder, "--query", "red"]],
    [searchCommand, [folder, "--split", "no\x1b[2J"]],
    [mineCommand, [folder, "--out", join(parent, "\x1b[2J.arrow")]],
    [evaluateCommand, [`${parent}/\x1b[2J.run`, `${parent}/x.qrels`]],
  ];
  for (const [command, args] of commands) {
    const { out, errors } = await captureCommand(command, ...args);
    assert.doesNotMatch(
      out + errors,
      /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/,
      `${command.name} ${args.join(" ")}`,
    );
    assert.doesNotMatch(out, /^forged line/m);
  }
  await Deno.remove(parent, { recursive: true });
});
