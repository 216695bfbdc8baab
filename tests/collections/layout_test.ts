import assert from "node:assert/strict";
import { layoutOf } from "../../lib/collections/layout.ts";

type Table = "corpus" | "queries" | string;
/** Paths, the data set that is asked for, and what must be read: by table, or the message that refuses. */
const CASES: [what: string, paths: string, wanted: Record<Table, string> | RegExp, subset?: string][] = [
  ["exact names", "corpus.jsonl queries.jsonl qrels/test.tsv", {
    corpus: "corpus.jsonl",
    queries: "queries.jsonl",
    test: "qrels/test.tsv",
  }],
  ["a folder around", "set/corpus.jsonl set/queries.jsonl set/qrels/validation.tsv", {
    corpus: "set/corpus.jsonl",
    queries: "set/queries.jsonl",
    dev: "set/qrels/validation.tsv",
  }],
  [
    "shards in order",
    "corpus/corpus-00001-of-00002.parquet corpus/corpus-00000-of-00002.parquet queries/queries-00000-of-00001.parquet",
    {
      corpus: "corpus/corpus-00000-of-00002.parquet corpus/corpus-00001-of-00002.parquet",
      queries: "queries/queries-00000-of-00001.parquet",
    },
  ],
  [
    "shards, packed and not",
    "corpus/part-00.jsonl corpus/part-01.jsonl.gz queries.jsonl",
    { corpus: "corpus/part-00.jsonl corpus/part-01.jsonl.gz", queries: "queries.jsonl" },
  ],
  ["the tenth part after the ninth", `${range(11, (i) => `corpus/part-${i}.jsonl`)} queries.jsonl`, {
    corpus: range(11, (i) => `corpus/part-${i}.jsonl`),
    queries: "queries.jsonl",
  }],
  ["parts by letter", "corpus/b.jsonl corpus/a.jsonl queries.tsv", {
    corpus: "corpus/a.jsonl corpus/b.jsonl",
    queries: "queries.tsv",
  }],
  [
    "a missing part",
    "corpus-00000-of-00003.parquet corpus-00002-of-00003.parquet queries.jsonl",
    /2 of 3 parts, 1 miss/,
  ],
  ["a missing last part", "corpus/0-00000-of-00002.parquet queries.jsonl", /found 1 of 2 parts, 1 missing/],
  ["a gap in numbers", "corpus/part-0.jsonl corpus/part-2.jsonl queries.jsonl", /2 of 3 parts, 1 missing/],
  [
    "parts of two writings",
    "corpus-0-of-2.jsonl corpus-1-of-3.jsonl queries.jsonl",
    /corpus-0-of-2.* and corpus-1-of-3/,
  ],
  ["two forms", "corpus.jsonl corpus.parquet queries.jsonl", /found corpus\.jsonl and corpus\.parquet, wanted one/],
  ["packed and not", "corpus.jsonl corpus.jsonl.gz queries.jsonl", /found corpus\.jsonl and corpus\.jsonl\.gz/],
  [
    "a part twice",
    "corpus/part-0.jsonl corpus/part-0.jsonl.gz queries.jsonl",
    /part-0\.jsonl and corpus\/part-0\.jsonl\.gz/,
  ],
  [
    "whole and parts",
    "corpus.jsonl corpus/part-0.jsonl queries.jsonl",
    /found corpus\.jsonl and corpus\/part-0\.jsonl/,
  ],
  [
    "a split in two forms",
    "corpus.jsonl queries.jsonl qrels/test.tsv qrels/test.parquet",
    /qrels of test: .*tsv and .*parquet/,
  ],
  ["dev under two names", "corpus.jsonl queries.jsonl qrels/dev.tsv qrels/validation.tsv", /qrels of dev/],
  ["older files beside", "corpus.jsonl corpus_generated.jsonl queries.jsonl queries-old.jsonl queries.v2.jsonl", {
    corpus: "corpus.jsonl",
    queries: "queries.jsonl",
    passed: "corpus_generated.jsonl queries-old.jsonl queries.v2.jsonl",
  }],
  ["two that are not exact", "corpus.jsonl queries-old.jsonl queries-new.jsonl", /queries-(old|new).* and queries-/],
  ["versions are no parts", "corpus/v1.jsonl corpus/v2.jsonl queries.jsonl", /corpus\/v1\.jsonl and corpus\/v2\.jsonl/],
  ["backups", "corpus.jsonl|corpus (1).jsonl|corpus.jsonl.bak|corpus.jsonl~|corpus copy.jsonl|queries.jsonl", {
    corpus: "corpus.jsonl",
    queries: "queries.jsonl",
    passed: "corpus (1).jsonl corpus copy.jsonl corpus.jsonl.bak corpus.jsonl~",
  }],
  ["queries by split", "corpus.jsonl queries-train.jsonl queries-test.jsonl qrels/train.tsv qrels/test.tsv", {
    corpus: "corpus.jsonl",
    queries: "queries-test.jsonl queries-train.jsonl",
    train: "qrels/train.tsv",
    test: "qrels/test.tsv",
  }],
  ["splits of one's own", "corpus.jsonl queries.jsonl qrels/complete.tsv qrels.train.txt", {
    corpus: "corpus.jsonl",
    queries: "queries.jsonl",
    train: "qrels.train.txt",
    complete: "qrels/complete.tsv",
  }],
  ["what only describes", "corpus/data-00000-of-00001.arrow corpus/state.json corpus/dataset_info.json queries.jsonl", {
    corpus: "corpus/data-00000-of-00001.arrow",
    queries: "queries.jsonl",
  }],
  ["judgments of the default configuration", "corpus.jsonl queries.jsonl data/test-00000-of-00001.parquet", {
    corpus: "corpus.jsonl",
    queries: "queries.jsonl",
    test: "data/test-00000-of-00001.parquet",
  }],
  ["a language alone", "en/corpus.jsonl en/queries.jsonl en/qrels/test.tsv README.md", {
    corpus: "en/corpus.jsonl",
    queries: "en/queries.jsonl",
    test: "en/qrels/test.tsv",
  }],
  ...sets("folders", (set) => [`${set}/corpus.jsonl`, `${set}/queries.jsonl`, `${set}/qrels/test.tsv`]),
  ...sets(
    "folders in a folder",
    (set) => [`x/${set}/corpus.jsonl`, `x/${set}/queries.jsonl`, `x/${set}/qrels/test.tsv`],
  ),
  ...sets(
    "configurations",
    (set) => [`corpus-${set}/test.jsonl`, `queries-${set}/test.jsonl`, `qrels-${set}/test.tsv`],
  ),
  ...sets("configurations, names first", (set) => [
    `${set}-corpus/corpus-00000-of-00001.parquet`,
    `${set}-queries/queries-00000-of-00001.parquet`,
    `${set}-qrels/test-00000-of-00001.parquet`,
  ]),
  ...sets("file names", (set) => [`corpus_${set}.jsonl`, `queries_${set}.jsonl`, `qrels_${set}.tsv`]),
  ...sets("file names with dots", (set) => [`corpus.${set}.jsonl`, `queries.${set}.jsonl`, `qrels.${set}.test.tsv`]),
  ...sets("files in folders", (set) => [`corpus/${set}.jsonl`, `queries/${set}.jsonl`, `qrels/${set}/test.tsv`]),
  ...sets("splits with names", (set) => [`corpus/${set}.jsonl`, `queries/${set}.jsonl`, `qrels/test-${set}.tsv`]),
  ...sets(
    "shards",
    (set) => [`corpus/${set}-00000-of-00001.parquet`, `queries/${set}.parquet`, `qrels/${set}.parquet`],
  ),
  ...sets(
    "judgments named after the set",
    (set) => [`corpus-${set}/test.jsonl`, `queries-${set}/0.jsonl`, `${set}/test.tsv`],
  ),
  ["one corpus, several languages", "corpus.jsonl queries-de.jsonl queries-en.jsonl qrels-de.tsv qrels-en.tsv", {
    corpus: "corpus.jsonl",
    queries: "queries-de.jsonl",
    test: "qrels-de.tsv",
    passed: "qrels-en.tsv queries-en.jsonl",
  }, "de"],
  [
    "one corpus, several languages",
    "corpus.jsonl queries-de.jsonl queries-en.jsonl qrels-de.tsv qrels-en.tsv",
    /2 data sets/,
  ],
  ["years", "2019/corpus.jsonl 2019/queries.jsonl 2020/corpus.jsonl 2020/queries.jsonl", /2 data sets \(2019, 2020\)/],
  [
    "splits as folders",
    "train/corpus.jsonl train/queries.jsonl test/corpus.jsonl test/queries.jsonl",
    /2 data sets \(te/,
  ],
  [
    "one without a name",
    "corpus.jsonl queries.jsonl qrels/test.tsv de/corpus.jsonl de/queries.jsonl de/qrels/test.tsv",
    {
      corpus: "corpus.jsonl",
      queries: "queries.jsonl",
      test: "qrels/test.tsv",
      passed: "de/corpus.jsonl de/qrels/test.tsv de/queries.jsonl",
    },
  ],
  [
    "an unknown set",
    "en/corpus.jsonl en/queries.jsonl de/corpus.jsonl de/queries.jsonl",
    /"ed" .*did you mean .*"de"/,
    "ed",
  ],
  ["no corpus", "corpora.jsonl queries.jsonl", /corpus\/ is missing; found corpora\.jsonl, queries\.jsonl/],
];

function range(count: number, name: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => name(i)).join(" ");
}

/** Two data sets: refused together, each loaded by its name. */
function sets(what: string, paths: (set: string) => [corpus: string, queries: string, qrels: string]): typeof CASES {
  const names = ["NanoNQ", "de"];
  const all = names.flatMap(paths).join(" ");
  return [
    [`sets by ${what}`, all, /found 2 data sets \(NanoNQ, de\), wanted one/],
    ...names.map((name): typeof CASES[number] => {
      const [corpus, queries, test] = paths(name);
      const passed = paths(names.find((other) => other !== name)!).filter((path) => /corpus|queries|qrels/.test(path));
      return [`${name} by ${what}`, all, { corpus, queries, test, passed: passed.sort().join(" ") }, name];
    }),
  ];
}

for (const [what, paths, wanted, subset] of CASES) {
  Deno.test(`layout: ${what}${subset ? `, ${subset}` : ""}`, () => {
    const listed = paths.split(paths.includes("|") ? "|" : " ");
    const read = () => layoutOf(listed, "here", { subset });
    if (wanted instanceof RegExp) return assert.throws(read, wanted);
    const { corpus, queries, qrels, passedOver } = read();
    const found: Record<string, string> = { corpus: corpus.join(" "), queries: queries.join(" ") };
    for (const [split, files] of Object.entries(qrels)) found[split] = files.join(" ");
    if (passedOver.length > 0) found.passed = passedOver.join(" ");
    assert.deepEqual(found, wanted);
  });
}
