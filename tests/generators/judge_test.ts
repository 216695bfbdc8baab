import assert from "node:assert/strict";
import { CORPUS, NEGATIVES, QRELS, QUERIES, VERDICTS } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import type { Collection } from "../../lib/collections/types.ts";
import { agreement, knownVerdicts } from "../../lib/generators/agreement.ts";
import { judge, modelJudge } from "../../lib/generators/judge.ts";
import { loadCollection } from "../../lib/collections/load_collection.ts";
import { random } from "../../lib/core/random.ts";
import { rlhn } from "./rlhn.ts";
import { serve } from "./server.ts";

const QUICK = { model: "test", quiet: true, backoff: 5, ledger: ":memory:" } as const;
const WORDS = { kept: "keep", dropped: "drop", relabeled: "relabel" } as const;

/** The candidates that a judge's prompt shows. */
function candidatesOf(messages: readonly { content: string }[]): { number: number; document: string }[] {
  const line = messages[1].content.split("\n").find((part) => part.startsWith("candidates: "))!;
  return JSON.parse(line.slice("candidates: ".length));
}

Deno.test("kappa matches Cohen's example of two psychiatrists, and edge cases", () => {
  // Cohen 1960, table 1 in proportions of 200: agreement .29 + .18 + .06... here a worked two-by-two of 50.
  const reference = [...Array(25).fill("yes"), ...Array(25).fill("no")];
  const other = [...Array(20).fill("yes"), ...Array(5).fill("no"), ...Array(10).fill("yes"), ...Array(15).fill("no")];
  const { confusion, kappa, agreement: share } = agreement(reference, other, ["yes", "no"]);
  assert.deepEqual(confusion, [[20, 5], [10, 15]]);
  assert.ok(Math.abs(share - 0.7) < 1e-12 && Math.abs(kappa - 0.4) < 1e-12);
  assert.equal(agreement(["a", "b"], ["a", "b"]).kappa, 1);
  assert.equal(agreement(["a", "b"], ["b", "a"]).kappa, -1);
  assert.ok(Number.isNaN(agreement(["a"], ["a"]).kappa));
  assert.throws(() => agreement(["a"], []), RangeError);
});

Deno.test("RLHN's cheap judge against its strong one: the confusion table and kappa match an independent count", async () => {
  for (const set of ["fiqa", "msmarco_passage"] as const) {
    const [first, second] = [await rlhn(set, 1), await rlhn(set, 2)];
    if (!first || !second) return;
    const common = [...second.keys()].filter((id) => first.has(id));
    const cheap = common.flatMap((id) => first.get(id)!.verdicts);
    const strong = common.flatMap((id) => second.get(id)!.verdicts);
    const found = agreement(strong, cheap, [...VERDICTS]);
    console.log(set, `${common.length} queries`, JSON.stringify(found));
    // Kappa once more from the pairs themselves: chance by pairing every verdict of one with every one of the other.
    let equal = 0;
    let chance = 0;
    for (let i = 0; i < strong.length; i++) {
      if (strong[i] === cheap[i]) equal++;
      for (let j = 0; j < cheap.length; j++) if (strong[i] === cheap[j]) chance++;
    }
    const [po, pe] = [equal / strong.length, chance / strong.length ** 2];
    assert.ok(Math.abs(found.kappa - (po - pe) / (1 - pe)) < 1e-12);
    assert.equal(found.count, common.length * (set === "fiqa" ? 15 : 25));
  }
});

Deno.test("RLHN's verdicts pass prompt, server, reader and table unchanged", async () => {
  const judged = await rlhn("msmarco_passage", 2);
  if (!judged) return;
  const verdicts = new Map<string, string>();
  const rows: { query_id: string; doc_id: string }[] = [];
  const documents = new Map<string, string>();
  for (const { query_id, positive, candidates, verdicts: words } of judged.values()) {
    documents.set(`${query_id}+`, positive);
    for (const [i, text] of candidates.entries()) {
      documents.set(`${query_id}-${i}`, text);
      verdicts.set(`${positive} | ${text}`, WORDS[words[i]]);
      rows.push({ query_id, doc_id: `${query_id}-${i}` });
    }
  }
  const collection: Collection = {
    name: "rlhn",
    corpus: tableOf(CORPUS, [...documents].map(([id, text]) => ({ id, title: "", text }))),
    queries: tableOf(QUERIES, [...judged.values()].map(({ query_id, query }) => ({ id: query_id, text: query }))),
    qrels: { train: tableOf(QRELS, [...judged.keys()].map((id) => ({ query_id: id, doc_id: `${id}+`, grade: 1 }))) },
    digest: "rlhn",
    findings: [],
  };
  const content = (messages: readonly { content: string }[]) => {
    const example = messages[1].content.split("\n").find((part) => part.startsWith("example: "))!;
    const { positive_document } = JSON.parse(example.slice("example: ".length));
    const list = candidatesOf(messages).map(({ number, document }) => ({
      number,
      reason: `number ${number}`,
      verdict: verdicts.get(`${positive_document} | ${document}`),
    }));
    return JSON.stringify({ verdicts: list.reverse() });
  };
  await using server = serve({ content });
  const negatives = tableOf(
    NEGATIVES,
    rows.map((row) => ({ ...row, source: "bm25" as const, verdict: "kept" as const })),
  );
  const table = await judge(negatives, collection, { ...QUICK, baseURL: server.baseURL, batchSize: 10 });
  const expected = [...judged.values()].flatMap((one) => one.verdicts);
  const { kappa } = agreement(expected, [...table.column("verdict")]);
  assert.equal(kappa, 1);
  assert.equal(server.came, judged.size * 3);
  assert.match(table.row(12).reason!, /^judge: number 3$/);
});

Deno.test("a judge's agreement with the complete judgments of facets is exact", async () => {
  const facets = await loadCollection("facets");
  const complete = new Map<string, number>();
  for (const { query_id, doc_id, grade } of facets.qrels.complete.rows()) complete.set(`${query_id} ${doc_id}`, grade);
  const draw = random(4);
  const rows: { query_id: string; doc_id: string }[] = [];
  for (const query_id of [...new Set(facets.qrels.train.column("query_id"))].slice(0, 60)) {
    const relevant = [...facets.qrels.complete.rows()].filter((row) => row.query_id === query_id).map((row) =>
      row.doc_id
    );
    const others = draw.fork(query_id).sample(facets.corpus.length, 5).map((row) => facets.corpus.row(row).id);
    for (const doc_id of new Set([...relevant, ...others])) rows.push({ query_id, doc_id });
  }
  const negatives = tableOf(
    NEGATIVES,
    rows.map((row) => ({ ...row, source: "bm25" as const, verdict: "kept" as const })),
  );
  const known = knownVerdicts(negatives, facets.qrels.complete) as string[];
  assert.equal(known.filter((word) => word === "relabeled").length > 60, true);
  // A judge that errs on every fourth candidate, in a known way: it keeps it.
  const byText = new Map(rows.map((row, i) => {
    const document = facets.corpus.row([...facets.corpus.column("id")].indexOf(row.doc_id));
    const query = facets.queries.row([...facets.queries.column("id")].indexOf(row.query_id)).text;
    const word = i % 4 === 3 ? "keep" : WORDS[known[i] as keyof typeof WORDS];
    return [`${query} | ${document.title}. ${document.text}`, word];
  }));
  const content = (messages: readonly { content: string }[]) => {
    const example = messages[1].content.split("\n").find((part) => part.startsWith("example: "))!;
    const { user_query } = JSON.parse(example.slice("example: ".length));
    const verdicts = candidatesOf(messages).map(({ number, document }) => ({
      number,
      reason: "r",
      verdict: byText.get(`${user_query} | ${document}`),
    }));
    return JSON.stringify({ verdicts });
  };
  await using server = serve({ content });
  const table = await judge(negatives, facets, { ...QUICK, baseURL: server.baseURL });
  const found = agreement(known, [...table.column("verdict")], ["kept", "dropped", "relabeled"]);
  const expected = agreement(known, known.map((word, i) => i % 4 === 3 ? "kept" : word), [
    "kept",
    "dropped",
    "relabeled",
  ]);
  assert.deepEqual(found, expected);
  assert.ok(found.kappa > 0.4 && found.kappa < 1);
});

Deno.test("a judge's budget covers all its requests", async () => {
  await using server = serve({ content: () => '{"verdicts": [{"number": 1, "reason": "no", "verdict": "keep"}]}' });
  const ask = modelJudge({ ...QUICK, baseURL: server.baseURL, budget: { requests: 2 } });
  const passage = { title: "", text: "because" };
  const reasons: string[] = [];
  for (let i = 0; i < 4; i++) {
    const [{ reason }] = await ask({ queryId: `q${i}`, query: `why ${i}`, positive: passage, candidates: [passage] });
    reasons.push(reason!);
  }
  assert.equal(server.came, 2);
  assert.match(reasons[3], /not judged: .*the budget of 2 requests is spent/);
});

Deno.test("a candidate that the judge omits keeps its verdict, with the reason", async () => {
  await using server = serve({
    content: () => '{"verdicts": [{"number": 2, "reason": "answers", "verdict": "relabel"}]}',
  });
  const ask = modelJudge({ ...QUICK, baseURL: server.baseURL, maxReplies: 1 });
  const passage = (text: string) => ({ title: "", text });
  const request = {
    queryId: "q",
    query: "why",
    positive: passage("because"),
    candidates: ["a", "b", "c"].map(passage),
  };
  const words = await ask(request);
  assert.deepEqual(words.map(({ verdict }) => verdict), ["keep", "relabel", "keep"]);
  assert.match(words[0].reason, /not judged: partial/);
});
