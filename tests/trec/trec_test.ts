import assert from "node:assert/strict";
import { join } from "node:path";
import { KitError, random } from "../../lib/core/mod.ts";
import { QRELS, RUN, tableOf } from "../../lib/tables/mod.ts";
import { readQrels } from "../../lib/collections/mod.ts";
import { readRun, readTopics, writeQrels, writeRun } from "../../lib/trec/mod.ts";
import { writeTable } from "../../lib/files/mod.ts";

const folder = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  Deno.writeTextFileSync(join(folder, name), text);
  return join(folder, name);
}

Deno.test("runs keep ranks and 32-bit scores through TREC's text and Arrow", async () => {
  const stream = random(5);
  const scores = [0, 1, -1, 0.1, 1e-30, 3.4e38, 16777217, ...Array.from({ length: 500 }, () => stream.normal())];
  const run = tableOf(
    RUN,
    scores.map((score, i) => ({ query_id: `q${i % 7}`, doc_id: `d-${i}`, rank: i + 1, score: Math.fround(score) })),
  );
  const path = join(folder, "a.run");
  await writeRun(path, run, { tag: "mine" });
  assert.match(await Deno.readTextFile(path), /^q0 Q0 d-0 1 0 mine\nq1 Q0 d-1 2 1 mine\n/);
  assert.deepEqual([...(await readRun(path)).rows()], [...run.rows()]);
  await writeTable(join(folder, "a.arrow"), run);
  assert.deepEqual([...(await readRun(join(folder, "a.arrow"))).rows()], [...run.rows()]);
  await assert.rejects(writeRun(path, run), /a file of this name exists/);
  const spaced = tableOf(RUN, [{ query_id: "q 1", doc_id: "d", rank: 1, score: 1 }]);
  await assert.rejects(
    writeRun(join(folder, "b.run"), spaced),
    /"q 1" as TREC's text: .* white space; a file that ends in \.arrow takes it .*field "query_id"/,
  );
});

Deno.test("errors in runs and judgments have their position", async () => {
  const run = (text: string, message: RegExp) => assert.rejects(readRun(file("x.run", text)), message);
  await run("1 Q0 d 1 0.5\n", /found 5 fields, wanted "query Q0 document rank score tag" .*x\.run:1\)/);
  await run("1 Q0 d 1 0.5 t\n1 Q0 e 2 high t\n", /found "high", wanted a 32-bit number .*x\.run:2, field "score"\)/);
  await run("1 Q0 d 1 1e39 t\n", /wanted a 32-bit number/);
  await run("1 Q0 d one 1 t\n", /found "one", expected an integer .*:1, field "rank"/);
  await run("1 Q0 d 1 2 t\n\n1 Q0 d 2 1 t\n", /document d is ranked twice for query 1 .*x\.run:3\)/);
  await run("", /empty file/);
  await assert.rejects(readQrels(file("x.qrels", "1 0 d 99999999999\n")), /expected an integer .*field "grade"/);
  await assert.rejects(readQrels(join(folder, "none")), KitError);
});

Deno.test("judgments are written in TREC's and BEIR's formats", async () => {
  const qrels = await readQrels(file("in.qrels", "1 0 d1 2\r\n1\t0\td2\t-1\n"));
  await writeQrels(join(folder, "out.qrels"), qrels);
  await writeQrels(join(folder, "out.tsv"), qrels);
  assert.equal(await Deno.readTextFile(join(folder, "out.qrels")), "1 0 d1 2\n1 0 d2 -1\n");
  assert.equal(await Deno.readTextFile(join(folder, "out.tsv")), "query-id\tcorpus-id\tscore\n1\td1\t2\n1\td2\t-1\n");
  assert.deepEqual([...(await readQrels(join(folder, "out.tsv"))).rows()], [...qrels.rows()]);
  const spaced = tableOf(QRELS, [{ query_id: "q", doc_id: "d 1", grade: 1 }]);
  await assert.rejects(writeQrels(join(folder, "s.qrels"), spaced), /"d 1" .* ends in \.tsv takes it .*"doc_id"/);
  await writeQrels(join(folder, "s.tsv"), spaced);
  assert.deepEqual([...(await readQrels(join(folder, "s.tsv"))).rows()], [...spaced.rows()]);
});

Deno.test("topics as lines, as unclosed SGML, as XML", async () => {
  const lines = await readTopics(file("t.tsv", "301\tInternational Organized Crime\n302\t b \n"));
  assert.deepEqual([...lines.column("text")], ["International Organized Crime", "b"]);
  const sgml =
    `<top>\n<num> Number: 301 \n<title> International\nOrganized Crime\n\n<desc> Description: \nWhat &amp; who?\n
<narr> Narrative: \nA relevant document\n</top>\n<top>\n<num> Number: 302\n<title> Topic: Polio\n</top>`;
  const topics = await readTopics(file("t.sgml", sgml));
  assert.deepEqual([...topics.rows()], [
    {
      id: "301",
      text: "International Organized Crime",
      metadata: '{"desc":"What & who?","narr":"A relevant document"}',
    },
    { id: "302", text: "Polio", metadata: null },
  ]);
  assert.equal(
    (await readTopics(file("u.sgml", sgml.split("<top>\n<num> Number: 302")[0]), { field: "desc" })).row(0).text,
    "What & who?",
  );
  await assert.rejects(
    readTopics(join(folder, "t.sgml"), { field: "desc" }),
    /Cannot read topic 302: found num, title .*:12, field "desc"/,
  );
  const xml = `<?xml version="1.0"?>\n<topics task="covid">\n  <topic number="1">\n    <query>coronavirus origin</query>
    <question>what is the origin of COVID-19</question>\n  </topic>\n</topics>`;
  assert.deepEqual([...(await readTopics(file("t.xml", xml))).rows()], [{
    id: "1",
    text: "coronavirus origin",
    metadata: '{"question":"what is the origin of COVID-19"}',
  }]);
  await assert.rejects(readTopics(file("v.xml", "<topics></topics>")), /there are none/);
  await assert.rejects(readTopics(file("w.xml", "<top><title>x</top>")), /it has no number .*w\.xml:1, field "num"/);
});

const MARKUP: [what: string, text: string | Uint8Array<ArrayBuffer>, wanted: [string, string, unknown][]][] = [
  [
    "inline tags",
    "<top>\n<num> Number: 051\n<title> Topic: vitamin <i>B<sub>12</sub></i> a<br/>b\n<desc> Description:\nx < 5\n</top>",
    [
      ["051", "vitamin B12 a b", { desc: "x < 5" }],
    ],
  ],
  [
    "numeric entities, CDATA and comments",
    '<topics><topic number="1"><title>caf&#233; &#xE9;&eacute; &amp;lt; <!-- no --><![CDATA[a < b]]></title></topic></topics>',
    [
      ["1", "caf\u00e9 \u00e9\u00e9 &lt; a < b", null],
    ],
  ],
  [
    "web track",
    '<w><topic number="151" type="faceted">\n<query>403b</query>\n<description>What?</description>\n<subtopic number="1" type="inf">One</subtopic>\n<subtopic number="2" type="nav">Two</subtopic></topic></w>',
    [
      ["151", "403b", {
        type: "faceted",
        description: "What?",
        subtopic: [{ number: "1", type: "inf", text: "One" }, { number: "2", type: "nav", text: "Two" }],
      }],
    ],
  ],
  [
    "clinical trials",
    "<topics task='ct'><topic number='1'>\nA woman\nof 45.\n</topic><topic number='2'>B</topic></topics>",
    [
      ["1", "A woman of 45.", null],
      ["2", "B", null],
    ],
  ],
  ["queries by number", '<queries><query number="7">one</query><query number="8">two</query></queries>', [
    ["7", "one", null],
    ["8", "two", null],
  ]],
  [
    "closed SGML with labels",
    "<top>\n<num> 1 </num>\n<title> Topic: kept </title>\n<narr>\n<p>One.</p><p>Two.</p>\n</narr>\n</top>",
    [
      ["1", "kept", { narr: "One. Two." }],
    ],
  ],
  [
    "a declared encoding",
    new Uint8Array([
      ...new TextEncoder().encode('<?xml version="1.0" encoding="ISO-8859-1"?><topic number="1"><title>caf'),
      0xe9,
      ...new TextEncoder().encode("</title></topic>"),
    ]),
    [
      ["1", "caf\u00e9", null],
    ],
  ],
  [
    "UTF-16",
    new Uint8Array(
      new Uint16Array(Array.from('\ufeff<topic number="1"><title>\u00e9</title></topic>', (c) => c.charCodeAt(0)))
        .buffer,
    ),
    [
      ["1", "\u00e9", null],
    ],
  ],
  ["a header", 'qid,query\r\n1,"a, b"\r\n', [["1", "a, b", null]]],
];
for (const [what, text, wanted] of MARKUP) {
  Deno.test(`topics: ${what}`, async () => {
    const path = join(folder, "topics.xml");
    await Deno.writeFile(path, typeof text === "string" ? new TextEncoder().encode(text) : text);
    const rows = Array.from(
      (await readTopics(path)).rows(),
      ({ id, text, metadata }) => [id, text, metadata && JSON.parse(metadata)],
    );
    assert.deepEqual(rows, wanted);
  });
}

Deno.test("topics that need conversion or another query are refused with advice", async () => {
  const path = join(folder, "odd.xml");
  await Deno.writeFile(path, new Uint8Array([...new TextEncoder().encode("<top>\n<num> 1\n<title> caf"), 0xe9, 10]));
  await assert.rejects(readTopics(path), /UTF-8 \(convert it to UTF-8, such as iconv -f LATIN1/);
  await Deno.writeTextFile(path, '<topic number="1"><disease>flu</disease><gene>X</gene></topic>');
  await assert.rejects(readTopics(path), /topic 1: found num, disease, gene; name the field, as in readTopics/);
  assert.equal((await readTopics(path, { field: "disease" })).row(0).text, "flu");
});

Deno.test("trec_eval's files are read", async () => {
  const fixtures = join(import.meta.dirname!, "..", "fixtures", "evaluation");
  const linesOf = async (name: string) => (await Deno.readTextFile(join(fixtures, name))).trim().split("\n");
  const run = await readRun(join(fixtures, "run.txt"));
  const lines = await linesOf("run.txt");
  assert.equal(run.length, lines.length);
  const [query_id, , doc_id, rank, score] = lines[0].split(/\s+/);
  assert.deepEqual(run.row(0), { query_id, doc_id, rank: Number(rank), score: Math.fround(Number(score)) });
  assert.equal((await readQrels(join(fixtures, "qrels.txt"))).length, (await linesOf("qrels.txt")).length);
});
