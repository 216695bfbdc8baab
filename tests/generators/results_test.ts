import assert from "node:assert/strict";
import { join } from "node:path";
import { exists } from "../../lib/core/files.ts";
import { readTable, writeTable } from "../../lib/files/arrow/ipc.ts";
import { loadCollection } from "../../lib/collections/load_collection.ts";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { runGenerate as generate } from "./run_command.ts";
import { serve } from "./server.ts";

const VERDICTS =
  '{"verdicts": [{"number": 1, "reason": "a", "verdict": "relabel"}, {"number": 2, "reason": "b", "verdict": "drop"}]}';

/** Ten queries of facets with one candidate that answers fully and one of another query, as a file in `folder`. */
async function candidates(folder: string): Promise<string> {
  const facets = await loadCollection("facets");
  const complete = [...facets.qrels.complete.rows()];
  const asked = [...new Set(facets.qrels.train.column("query_id"))].slice(0, 10);
  const stranger = complete.find((row) => row.query_id === "q0300")!.doc_id;
  const rows = asked.flatMap((query_id) => {
    const full = complete.find((row) => row.query_id === query_id && row.grade === 2)!.doc_id;
    return [full, stranger].map((doc_id) => ({ query_id, doc_id, source: "bm25" as const, verdict: "kept" as const }));
  });
  const path = join(folder, "mined.arrow");
  await writeTable(path, tableOf(NEGATIVES, rows));
  return path;
}

async function within(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("task generate --recipe judge reports the judge's agreement with complete judgments", () =>
  within(async (folder) => {
    await using server = serve({ content: () => VERDICTS });
    const mined = await candidates(folder);
    const output = join(folder, "judged.arrow");
    const common = ["facets", "--recipe", "judge", "--model", "m", "--base-url", server.baseURL, "--mined", mined];
    const kept = [...common, "--ledger", join(folder, "l.sqlite"), "--out", output];
    assert.match((await generate(...kept, "--dry-run")).out, /strict judge[\s\S]*10 requests, 0 of them answered/);
    assert.equal(server.came, 0);
    const some = await generate(...kept, "--limit", "3");
    assert.match(some.out, /6 candidates judged: 0 kept, 3 dropped, 3 relabeled; 0 not judged/);
    assert.match(some.out, /against 6 complete judgments/);
    assert.equal(server.came, 3);
    assert.deepEqual([...(await readTable(output, NEGATIVES)).column("reason")].slice(5, 7), ["judge: b", null]);
    const { code, out } = await generate(...kept, "--overwrite");
    assert.equal(code, 0, out);
    assert.match(out, /judge@1: 10 requests: 10 complete\n20 candidates judged/);
    assert.match(out, /against 20 complete judgments: agreement 0\.500, kappa 0\.333/);
    assert.match(out, /kept +0 +10 +0\ndropped +0 +0 +0\nrelabeled +0 +0 +10/);
    assert.equal(server.came, 10);
    const bare = ["facets", "--recipe", "judge", "--model", "m", "--out", join(folder, "none.arrow")];
    assert.match((await generate(...bare)).out, /needs candidates: --mined/);
  }));

Deno.test("task generate --recipe arhn quotes, ranks and reports like the judge", () =>
  within(async (folder) => {
    const content = (messages: readonly { content: string }[]) => {
      const line = messages[1].content.split("\n").find((part) => part.startsWith("passages: "))!;
      const numbers = JSON.parse(line.slice("passages: ".length)).map(({ number }: { number: number }) => number);
      return JSON.stringify({
        passages: numbers.map((number: number) => ({ number, snippet: null })),
        ranking: numbers,
      });
    };
    await using server = serve({ content });
    const files = ["--mined", await candidates(folder), "--ledger", join(folder, "l.sqlite")];
    const common = ["facets", "--recipe", "arhn", "--model", "m", "--base-url", server.baseURL, ...files];
    assert.match((await generate(...common, "--dry-run")).out, /3 numbered passages[\s\S]*10 requests, 0 of them/);
    const { code, out } = await generate(...common, "--out", join(folder, "judged.arrow"));
    assert.equal(code, 0, out);
    assert.match(out, /arhn@1: 10 requests: 10 complete\n20 candidates judged: \d+ kept, 0 dropped, \d+ relabeled/);
    assert.match(out, /against 20 complete judgments/);
  }));

Deno.test("a judge without verdicts has no agreement: exit code 1, and the table has the reason", () =>
  within(async (folder) => {
    await using server = serve({ content: () => '{"passages": ["x"]}' });
    const output = join(folder, "judged.arrow");
    const common = ["facets", "--recipe", "judge", "--model", "m", "--base-url", server.baseURL];
    const files = ["--mined", await candidates(folder), "--ledger", join(folder, "l.sqlite"), "--out", output];
    const { code, out } = await generate(...common, ...files);
    assert.equal(code, 1, out);
    assert.match(out, /10 requests: 10 \w+\n0 candidates judged: .*; 20 not judged\ngenerate: nothing was judged/);
    assert.doesNotMatch(out, /agreement/);
    const table = await readTable(output, NEGATIVES);
    for (const { verdict, reason } of table.rows()) {
      assert.equal(verdict, "kept");
      assert.match(reason!, /^not judged: /);
    }
  }));

Deno.test("if no request is answered, no table is written and the exit code is 1", () =>
  within(async (folder) => {
    const output = join(folder, "out.arrow");
    const files = ["--ledger", join(folder, "l.sqlite"), "--out", output];
    const common = ["facets", "--limit", "2", "--model", "m", ...files];
    const { code, out } = await generate(...common, "--base-url", "http://127.0.0.1:9/v1", "--budget-requests", "0");
    assert.equal(code, 1, out);
    assert.match(out, /Cannot write .*out\.arrow: none of 2 requests was answered; the last: .*budget of 0 requests/);
    assert.ok(!await exists(output));
    await Deno.writeTextFile(join(folder, "replies.jsonl"), "");
    const replayed = await generate(...common, "--replies", join(folder, "replies.jsonl"));
    assert.match(replayed.out, /none of 2 requests was answered/);
  }));

Deno.test("options that a recipe ignores are refused", async () => {
  for (
    const [recipe, option] of [["judge", "positives"], ["judge", "count"], ["judge", "seed"], ["query", "positives"], [
      "arhn",
      "count",
    ]]
  ) {
    const { code, out } = await generate("facets", "--recipe", recipe, `--${option}`, "2", "--model", "m", "--dry-run");
    assert.equal(code, 1);
    assert.match(out, new RegExp(`Cannot use --${option} with recipe "${recipe}", which writes (judgments|queries)`));
  }
});

Deno.test("recipes that read no mined negatives refuse --mined", async () => {
  for (const recipe of ["syneg", "graded", "edit", "drg-query", "drg-passage"]) {
    const { code, out } = await generate("facets", "--recipe", recipe, "--mined", "none.arrow", "--model", "m");
    assert.equal(code, 1);
    assert.match(out, new RegExp(`Cannot use --mined with recipe "${recipe}": it reads no mined negatives`));
  }
});

Deno.test("every output path of a recipe is checked before any request", () =>
  within(async (folder) => {
    await using server = serve({ content: () => '{"queries": ["when was it made", "which room holds it"]}' });
    const output = join(folder, "x.arrow");
    await Deno.writeTextFile(join(folder, "x-qrels.arrow"), "mine");
    const common = ["facets", "--recipe", "query", "--model", "m", "--base-url", server.baseURL, "--limit", "2"];
    const kept = [...common, "--ledger", join(folder, "l.sqlite"), "--out", output];
    const { code, out } = await generate(...kept);
    assert.equal(code, 1);
    assert.match(out, /Cannot write .*x-qrels\.arrow: it exists; pass --overwrite/);
    assert.equal(server.came, 0);
    assert.ok(!await exists(output));
    assert.match(
      (await generate(...kept, "--overwrite")).out,
      /4 rows in .*x-qrels\.arrow\nquery@1: 2 requests: 2 com/,
    );
  }));

Deno.test("--pool sets the fields of expertise for a custom collection", () =>
  within(async (folder) => {
    const own = join(folder, "own");
    await Deno.mkdir(join(own, "qrels"), { recursive: true });
    await Deno.writeTextFile(join(own, "corpus.jsonl"), '{"_id": "d1", "title": "", "text": "It is blue."}\n');
    await Deno.writeTextFile(join(own, "queries.jsonl"), '{"_id": "q1", "text": "what colour is it"}\n');
    await Deno.writeTextFile(join(own, "qrels", "train.tsv"), "query-id\tcorpus-id\tscore\nq1\td1\t1\n");
    const dry = [own, "--model", "m", "--dry-run", "--ledger", join(folder, "l.sqlite")];
    assert.match((await generate(...dry)).out, /Cannot draw "expert" .*--pool expert=…\).*syneg-no-attributes/);
    const { code, out } = await generate(...dry, "--pool", "expert= colour theory,", "--pool", "length=as long as");
    assert.equal(code, 0, out);
    assert.match(out, /You are an expert in colour theory\./);
    assert.match(out, /as long as/);
    assert.match(
      (await generate(...dry, "--pool", "experts=a")).out,
      /recipe "syneg" draws expert, difficulty, length/,
    );
    assert.match((await generate(...dry, "--pool", "expert")).out, /--pool must be slot=a,b, found "expert"/);
    assert.equal((await generate(...dry, "--recipe", "syneg-no-attributes")).code, 0);
  }));
