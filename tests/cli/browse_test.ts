import assert from "node:assert/strict";
import { join } from "node:path";
import { auditCommand } from "../../lib/cli/audit.ts";
import { browseCommand } from "../../lib/cli/browse.ts";
import { writeTable } from "../../lib/files/mod.ts";
import { NEGATIVES, type NewRow, RUN, SCORES, tableOf } from "../../lib/tables/mod.ts";
import { captureCommand } from "../support/capture_command.ts";

const ROOT = join(import.meta.dirname!, "..", "..");

/** A folder with a collection of four documents, one query, negatives, and verdicts of two reviewers. */
async function world(): Promise<{ folder: string; at: (name: string) => string }> {
  const folder = await Deno.makeTempDir();
  const at = (name: string) => join(folder, name);
  const write = (name: string, rows: readonly unknown[]) =>
    Deno.writeTextFile(at(name), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  await write("corpus.jsonl", ["red", "blue", "green", "pale red"].map((text, i) => ({ _id: `d${i}`, text })));
  await write("queries.jsonl", [{ _id: "q", text: "which red" }]);
  await Deno.mkdir(at("qrels"));
  const head = "query-id\tcorpus-id\tscore\n";
  await Deno.writeTextFile(at("qrels/train.tsv"), `${head}q\td0\t1\n`);
  await Deno.writeTextFile(at("qrels/complete.tsv"), `${head}q\td0\t2\nq\td3\t2\n`);
  const row: NewRow<typeof NEGATIVES> = { query_id: "q", source: "bm25", verdict: "kept" };
  const judged = { ...row, reason: "judge: another color" };
  await writeTable(
    at("negatives.arrow"),
    tableOf(NEGATIVES, [
      { ...judged, doc_id: "d1" },
      { ...judged, doc_id: "d2", verdict: "dropped" },
      { ...judged, doc_id: "d3", verdict: "relabeled" },
      { ...row, text: "dark red" },
    ]),
  );
  const verdicts = (reviewer: string, given: Record<string, string>) =>
    Object.entries(given).map(([doc_id, verdict]) => ({ query_id: "q", doc_id, verdict, reviewer }));
  await write("ada.jsonl", verdicts("Ada", { d1: "kept", d2: "kept", d3: "relabeled" }));
  await write("bo.jsonl", verdicts("Bo", { d1: "kept", d2: "dropped", d3: "relabeled" }));
  return { folder, at };
}

Deno.test("task browse writes a page beside the negatives, keeps an existing one, and shows saved verdicts", async () => {
  const { folder, at } = await world();
  const first = await captureCommand(browseCommand, folder, at("negatives.arrow"));
  assert.equal(first.code, 0, first.text);
  assert.match(first.out, /Wrote 4 negatives of 1 queries to .*negatives\.html\nOpen file:\/\/\/.*negatives\.html$/);
  assert.doesNotMatch(await Deno.readTextFile(at("negatives.html")), /id="reviewer"/);
  const again = await captureCommand(browseCommand, folder, at("negatives.arrow"));
  assert.deepEqual([again.code, /a file of this name exists; --overwrite/.test(again.errors)], [1, true], again.text);
  const out = at("review.html");
  const options = ["--verdicts", at("ada.jsonl"), "--out", out];
  const review = await captureCommand(browseCommand, folder, at("negatives.arrow"), ...options);
  assert.equal(review.code, 0, review.text);
  assert.match(await Deno.readTextFile(out), /<input id="reviewer" size="8" value="Ada">/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("task browse reads a run's collection, split and negatives", async () => {
  const { folder, at } = await world();
  await Deno.mkdir(at("run"));
  await Deno.writeTextFile(
    at("run/manifest.json"),
    JSON.stringify({ config: { collection: folder, splits: { train: "train" } } }),
  );
  await Deno.copyFile(at("negatives.arrow"), at("run/negatives.arrow"));
  const found = await captureCommand(browseCommand, at("run"));
  assert.equal(found.code, 0, found.text);
  assert.match(found.out, /run\/negatives\.html/);
  assert.doesNotMatch(found.out, /gained or lost/);

  const arms = [["untrained", "d3", 0.5], ["bm25", "d0", 1]] as const;
  for (const [arm, doc_id, value] of arms) {
    const cell = at(`run/cells/${arm}.1`);
    await Deno.mkdir(cell, { recursive: true });
    await writeTable(join(cell, "run.arrow"), tableOf(RUN, [{ query_id: "q", doc_id, rank: 1, score: 1 }]));
    await writeTable(join(cell, "scores.arrow"), tableOf(SCORES, [{ query_id: "q", measure: "P@1", value }]));
  }
  const summary = { measure: "P@1", baseline: "untrained", arms: arms.map(([arm, , mean]) => ({ arm, mean })) };
  await Deno.writeTextFile(at("run/summary.json"), JSON.stringify(summary));
  const finished = await captureCommand(browseCommand, at("run"), "--overwrite");
  assert.match(finished.out, /Wrote 1 query that gained or lost most from untrained to bm25 to .*queries\.html/);
  const page = await Deno.readTextFile(at("run/queries.html"));
  assert.match(page, /0\.500 → 1\.000 \(\+0\.500\)[\s\S]*which red/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("task browse refuses what it cannot show", async () => {
  const { folder, at } = await world();
  await Deno.mkdir(at("run"));
  await Deno.writeTextFile(at("run/manifest.json"), "{}");
  const file = at("negatives.arrow");
  const wrong: [number, RegExp, string[]][] = [
    [2, /Missing argument <negatives>/, [folder]],
    [1, /Cannot read a run: its manifest names no collection/, [at("run")]],
    [1, /no such file .*none\.arrow/, [folder, at("none.arrow")]],
    [1, /no such file .*none\.jsonl/, [folder, file, "--verdicts", at("none.jsonl")]],
    [1, /pages end in \.html/, [folder, file, "--out", at("page.pdf")]],
    [1, /Unknown split "tran".*did you mean "train"/, [folder, file, "--split", "tran"]],
    [1, /Unknown extension/, [folder, at("ada.txt")]],
  ];
  for (const [code, message, args] of wrong) {
    const found = await captureCommand(browseCommand, ...args);
    assert.equal(found.code, code, found.text);
    assert.match(found.text, message);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("task browse runs with the permissions that it has, without native code", async () => {
  const { folder, at } = await world();
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "browse", folder, at("negatives.arrow")],
    cwd: ROOT,
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  assert.doesNotMatch(tasks.browse.command, /allow-(ffi|run|sys|all)/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("task audit prints kappa between reviewers, against the judge and against complete judgments", async () => {
  const { folder, at } = await world();
  const verdicts = ["--verdicts", at("ada.jsonl"), "--verdicts", at("bo.jsonl")];
  const { text } = await captureCommand(auditCommand, folder, at("negatives.arrow"), ...verdicts);
  // Ada and Bo agree on 2 of 3; by chance on (2 * 1 + 0 * 1 + 1 * 1) / 9.
  const kappa = ((2 / 3 - 3 / 9) / (1 - 3 / 9)).toFixed(3);
  const lines = text.slice(text.indexOf("verdicts of reviewers")).split("\n").map((line) => line.split(/ {2,}/));
  assert.deepEqual(lines.slice(2), [
    ["ada.jsonl", "bo.jsonl", "3", "0.667", kappa],
    ["ada.jsonl", "the judge", "3", "0.667", kappa],
    ["ada.jsonl", "complete judgments", "3", "1.000", "1.000"],
    ["bo.jsonl", "the judge", "3", "1.000", "1.000"],
    ["bo.jsonl", "complete judgments", "3", "0.667", kappa],
  ]);
  await Deno.remove(folder, { recursive: true });
});
