import assert from "node:assert/strict";
import { join } from "node:path";
import { captureCommand } from "../support/capture_command.ts";
import { auditCommand } from "../../lib/cli/audit.ts";
import { mineCommand } from "../../lib/cli/mine.ts";
import { readTable, writeTable } from "../../lib/files/arrow/ipc.ts";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { withColumns } from "../../lib/tables/with_columns.ts";

const run = (command: unknown, args: string[]) => captureCommand(command, ...args);

Deno.test("mine writes a table and shows its waterfall; audit passes it, and fails a planted positive", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const out = join(folder, "bm25.arrow");
    const mined = await run(mineCommand, ["facets", "--depth", "5", "--relative-margin", "0.1", "--out", out]);
    assert.equal(mined.code, 0, mined.text);
    assert.match(mined.text, /relative-margin +\d+/);
    const table = await readTable(out, NEGATIVES);
    assert.equal(new Set(table.column("query_id")).size, 816);

    const before = await Deno.readFile(out);
    const again = await run(mineCommand, ["facets", "--depth", "9", "--out", out]);
    assert.deepEqual([again.code, /file of this name exists/.test(again.text)], [1, true]);
    assert.deepEqual(await Deno.readFile(out), before);

    const passed = await run(auditCommand, ["facets", out]);
    assert.equal(passed.code, 0, passed.text);
    assert.match(passed.text, /bm25 .*\d+ +\d/);
    assert.match(passed.text, /audit passed/);

    const verdict = [...table.column("verdict")];
    verdict[[...table.column("reason")].findIndex((reason) => reason?.startsWith("positive-id"))] = "kept";
    const planted = join(folder, "planted.arrow");
    await writeTable(planted, withColumns(table, { verdict }));
    const failed = await run(auditCommand, ["facets", planted]);
    assert.equal(failed.code, 1, failed.text);
    assert.match(failed.text, /positive +error +1/);

    const exported = join(folder, "train.jsonl");
    const sent = await run(mineCommand, ["facets", "--depth", "5", "--out", exported, "--format", "flagembedding"]);
    assert.match(sent.text, /Wrote 816 rows/);
    const read = await run(auditCommand, ["facets", exported, "--format", "flagembedding"]);
    assert.equal(read.code, 0, read.text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("mine and audit omit and count judgments of missing documents or queries", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "qrels"));
    const write = (name: string, lines: readonly unknown[]) =>
      Deno.writeTextFile(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await write("corpus.jsonl", ["red", "blue", "green"].map((text) => ({ _id: text, title: "", text })));
    await write("queries.jsonl", [{ _id: "q", text: "red or blue" }]);
    const judged = ["q\tred\t1", "q\tnone\t1", "nobody\tred\t1"];
    await Deno.writeTextFile(join(folder, "qrels", "train.tsv"), ["query-id\tcorpus-id\tscore", ...judged].join("\n"));
    for (const [name, format] of [["mined.arrow", "arrow"], ["mined.jsonl", "flagembedding"]]) {
      const mined = await run(mineCommand, [folder, "--out", join(folder, name), "--format", format]);
      assert.equal(mined.code, 0, mined.text);
      assert.match(mined.text, /^Left out 2 judgments of train: they refer to missing/);
    }
    assert.equal((await readTable(join(folder, "mined.arrow"), NEGATIVES)).length, 2);
    const audited = await run(auditCommand, [folder, "--depth", "2"]);
    assert.equal(audited.code, 0, audited.text);
    assert.match(audited.text, /^Left out 2 judgments of train/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("options that cannot work are refused before the collection is loaded", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "file"), "");
    const at = (name: string) => join(folder, name);
    const mining: [RegExp, string[]][] = [
      [/Cannot hold flagembedding in ".*x.arrow": rows of other libraries end in/, [
        "--out",
        at("x.arrow"),
        "--format",
        "flagembedding",
      ]],
      [/Cannot hold arrow in ".*x.jsonl": tables end in .arrow/, ["--out", at("x.jsonl"), "--format", "arrow"]],
      [/Unknown extension of ".*x.csv": use .arrow, .jsonl or .parquet/, ["--out", at("x.csv"), "--format", "gpl"]],
      [/Unknown extension of ".*noending"/, ["--out", at("noending")]],
      [/--format needs --out/, ["--format", "tevatron"]],
      [/Cannot write/, ["--out", at("file/x.arrow")]],
      [/Cannot write/, ["--out", at("file/deeper/x.arrow")]],
      [/found 2 to 1/, ["--min-score", "2", "--max-score", "1"]],
      [/score window to random negatives/, ["--source", "random", "--min-score", "2"]],
      [/found 7/, ["--near-duplicate-threshold", "7"]],
      [/depth must be an integer >= 1, found 0/, ["--depth", "0"]],
    ];
    await Deno.mkdir(at("folder.arrow"));
    mining.push([/Cannot write: this is a folder/, ["--out", at("folder.arrow"), "--overwrite"]]);
    for (const [message, args] of mining) {
      const found = await run(mineCommand, ["nowhere-at-all", ...args]);
      assert.equal(found.code, 1, found.text);
      assert.match(found.text, message);
    }
    const auditing: [RegExp, string[]][] = [
      [/--format needs files/, ["--format", "gpl"]],
      [/Cannot hold arrow in "x.jsonl"/, ["x.jsonl", "--format", "arrow"]],
      [/no such file/, [at("missing.arrow")]],
      [/found 0|overlap of 0/, ["--near-duplicate-threshold", "0"]],
    ];
    for (const [message, args] of auditing) {
      const found = await run(auditCommand, ["nowhere-at-all", ...args]);
      assert.equal(found.code, 1, found.text);
      assert.match(found.text, message);
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["file", "folder.arrow"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the extension selects the format; a score window; --filters without complete judgments", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const write = (name: string, lines: readonly unknown[]) =>
      Deno.writeTextFile(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await Deno.mkdir(join(folder, "qrels"));
    const colors = ["red", "blue red", "green red red", "red, as blood is"];
    await write("corpus.jsonl", colors.map((text, i) => ({ _id: `d${i}`, title: "", text })));
    await write("queries.jsonl", [{ _id: "q", text: "red" }, { _id: "p", text: "blue" }]);
    await Deno.writeTextFile(
      join(folder, "qrels", "train.tsv"),
      "query-id\tcorpus-id\tscore\nq\td0\t1\np\td1\t1\n",
    );
    for (const [name, first] of [["x.arrow", "ARROW1"], ["x.jsonl", '{"query":'], ["x.parquet", "PAR1"]]) {
      const mined = await run(mineCommand, [folder, "--out", join(folder, name)]);
      assert.equal(mined.code, 0, mined.text);
      assert.ok(new TextDecoder().decode(await Deno.readFile(join(folder, name))).startsWith(first), name);
      if (first !== "ARROW1") {
        assert.match(mined.text, /Wrote (1 row|3 rows) to .*; 1 query without negatives omitted/);
      }
      const audited = await run(auditCommand, [folder, join(folder, name)]);
      assert.equal(audited.code, 0, audited.text);
    }
    const windowed = await run(mineCommand, [folder, "--max-score", "0"]);
    assert.match(windowed.text, /score-window +3 +0/);
    const filters = await run(auditCommand, [folder, "--filters"]);
    assert.deepEqual([filters.code, /has no complete judgments/.test(filters.text)], [1, true], filters.text);
    const style = await run(auditCommand, [folder, "--shortcut"]);
    assert.deepEqual([style.code, /--shortcut needs files/.test(style.text)], [1, true], style.text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("wrong arguments exit with 2, impossible ones with 1", async () => {
  const wrong: [number, RegExp, string[]][] = [
    [2, /Unknown value "bm52" of --source: did you mean "bm25"/, ["facets", "--source", "bm52"]],
    [2, /Missing argument <collection>/, []],
    [1, /Unknown collection "facet": did you mean "facets"/, ["facet"]],
    [1, /bm25 negatives with an encoder/, ["facets", "--encoder", "built-in"]],
    [1, /at depth \(10\)/, ["facets", "--depth", "10", "--from", "20", "--to", "30"]],
    [1, /margin.relative must be a number >= 0, found -1/, ["facets", "--relative-margin=-1"]],
  ];
  for (const [code, message, args] of wrong) {
    const found = await run(mineCommand, args);
    assert.equal(found.code, code, found.text);
    assert.match(found.text, message);
  }
});
