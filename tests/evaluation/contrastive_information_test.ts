import assert from "node:assert/strict";
import { contrastiveInformation, loadCollection, loadEncoder, mine } from "../../mod.ts";
import { LexicalOverlap } from "../../lib/evaluation/lexical_overlap.ts";
import { logDeterminant } from "../../lib/evaluation/log_determinant.ts";
import type { Encoder } from "../../lib/encoders/types.ts";
import { CORPUS, NEGATIVES, QRELS, QUERIES, tableOf, withColumns } from "../../lib/tables/mod.ts";
import { random } from "../../lib/core/random.ts";
import type { Collection } from "../../lib/collections/types.ts";

/** log|det| by Gauss's elimination with pivots, which knows nothing of symmetry. */
function slowLogDeterminant(matrix: number[][]): number {
  const m = matrix.map((row) => [...row]);
  let sum = 0;
  for (let j = 0; j < m.length; j++) {
    const pivot = m.slice(j).reduce((best, row, i) => Math.abs(row[j]) > Math.abs(m[best][j]) ? i + j : best, j);
    [m[j], m[pivot]] = [m[pivot], m[j]];
    sum += Math.log(Math.abs(m[j][j]));
    for (let i = j + 1; i < m.length; i++) {
      const factor = m[i][j] / m[j][j];
      for (let k = j; k < m.length; k++) m[i][k] -= factor * m[j][k];
    }
  }
  return sum;
}

Deno.test("the log determinant is Gauss's, and not a number for a matrix that is not positive definite", () => {
  const stream = random(3);
  for (let size = 1; size < 9; size++) {
    const a = Array.from({ length: size }, () => Array.from({ length: size + 2 }, () => stream.normal()));
    const m = a.map((x) => a.map((y) => x.reduce((sum, value, k) => sum + value * y[k], 0)));
    assert.ok(Math.abs(logDeterminant(Float64Array.from(m.flat()), size) - slowLogDeterminant(m)) < 1e-9);
  }
  assert.ok(Number.isNaN(logDeterminant(Float64Array.of(1, 0, 0, -1), 2)));
});

/** Vectors of a text by its last word, a list of numbers. */
const encoder = {
  name: "by hand",
  similarity: "cosine",
  encode(texts: Iterable<string>) {
    const rows = [...texts].map((text) => text.split(" ").at(-1)!.split(",").map(Number));
    return Promise.resolve({ data: Float32Array.from(rows.flat()), dimension: rows[0].length, length: rows.length });
  },
  fingerprint: () => "by hand",
} as unknown as Encoder;

const corpus = [
  { id: "p", title: "", text: "tea leaves 1,0.2,0" },
  { id: "p2", title: "", text: "tea pots 0.9,0.1,0.3" },
  { id: "a", title: "", text: "green tea 0.8,0.5,0" },
  { id: "b", title: "", text: "stone walls 0.1,0.9,0.4" },
  { id: "c", title: "", text: "green hills 0.7,0,0.7" },
].map((row) => ({ ...row, metadata: null }));
const collection: Collection = {
  name: "tiny",
  corpus: tableOf(CORPUS, corpus),
  queries: tableOf(QUERIES, [{ id: "q", text: "green tea 1,0.1,0.1" }, { id: "r", text: "walls 0,1,0.2" }]),
  qrels: {
    train: tableOf(QRELS, [
      { query_id: "q", doc_id: "p", grade: 1 },
      { query_id: "q", doc_id: "p2", grade: 1 },
      { query_id: "r", doc_id: "b", grade: 1 },
    ]),
  },
  digest: "tiny",
  findings: [],
};
const row = (query_id: string, doc_id: string, source: string) => ({
  query_id,
  doc_id,
  source,
  verdict: "kept" as const,
});

Deno.test("the information is its formula, written down plainly", async () => {
  const rows = [row("q", "a", "bm25"), row("q", "c", "bm25"), row("q", "b", "random"), row("r", "c", "random")];
  const written = {
    query_id: "q",
    title: "",
    text: "black tea 0.9,0.4,0.1",
    source: "synthetic",
    verdict: "kept" as const,
  };
  const dropped = { ...row("r", "a", "bm25"), verdict: "dropped" as const };
  const table = tableOf(NEGATIVES, [...rows, written, dropped]);
  const found = await contrastiveInformation(encoder, collection, table, { temperature: 0.1, reach: 0.5 });
  assert.deepEqual(found.map(({ source, pairs }) => [source, pairs]), [["bm25", 2], ["random", 2], ["synthetic", 1]]);
  const vectorOf = (text: string) => {
    const v = text.split(" ").at(-1)!.split(",").map(Number);
    return v.map((x) => x / Math.hypot(...v));
  };
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const text = new Map(corpus.map(({ id, text }) => [id, text]));
  const query = new Map([["q", "green tea 1,0.1,0.1"], ["r", "walls 0,1,0.2"]]);
  const positives = new Map([["q", ["p", "p2"]], ["r", ["b"]]]);
  const overlap = new LexicalOverlap(collection);
  for (const { source, pairs, ...values } of found) {
    const own = [...rows.map((r) => ({ ...r, text: text.get(r.doc_id)! })), written].filter((r) => r.source === source);
    const parts = own.map((r) => {
      const q = vectorOf(query.get(r.query_id)!);
      const lowest = positives.get(r.query_id)!.map((id) =>
        vectorOf(text.get(id)!)
      ).sort((a, b) => dot(q, a) - dot(q, b))[0];
      const n = vectorOf(r.text);
      const way = n.map((x, i) => x - lowest[i]);
      return {
        consistency: 1 / (1 + Math.exp(-(dot(q, lowest) - dot(q, n)) / 0.1)),
        locality: Math.exp((dot(q, n) - 1) / 0.5),
        residual: 1 - overlap.of(query.get(r.query_id)!, r.text),
        u: way.map((x) => x / Math.hypot(...way)),
      };
    });
    const matrix = [0, 1, 2].map((i) =>
      [0, 1, 2].map((j) =>
        parts.reduce(
          (sum, { consistency, locality, residual, u }) =>
            sum + 3 / pairs * consistency * locality * residual * u[i] * u[j],
          i === j ? 1 : 0,
        )
      )
    );
    const mean = (name: "consistency" | "locality" | "residual") =>
      parts.reduce((sum, part) => sum + part[name], 0) / pairs;
    const wanted = {
      consistency: mean("consistency"),
      locality: mean("locality"),
      residual: mean("residual"),
      information: slowLogDeterminant(matrix),
    };
    for (const [name, value] of Object.entries(wanted)) {
      assert.ok(Math.abs(values[name as keyof typeof values] - value) < 1e-6, `${source}, ${name}: ${value}`);
    }
  }
});

Deno.test("the overlap is of the query's words, rare ones weighing more", () => {
  const overlap = new LexicalOverlap(collection);
  assert.equal(overlap.of("green tea", "Green TEA!"), 1);
  assert.equal(overlap.of("green tea", "stone"), 0);
  assert.equal(overlap.of("", "stone"), 0);
  // "walls" is in one passage of five, "tea" in three.
  assert.ok(overlap.of("walls tea", "walls") > overlap.of("walls tea", "tea"));
});

Deno.test("on facets hard negatives hold more information than random ones, and copies of one hold little", async () => {
  const facets = await loadCollection("facets");
  const built = await loadEncoder("built-in");
  try {
    const of = async (source: "random" | "dense") => {
      const mined = await mine(facets, { source, depth: 3, ...(source === "dense" ? { encoder: built } : {}) });
      return (await contrastiveInformation(built, facets, mined, { limit: 300 }))[0];
    };
    const [random, dense] = [await of("random"), await of("dense")];
    assert.ok(dense.information > random.information && dense.locality > random.locality);
    assert.ok(dense.consistency < random.consistency);
    const mined = await mine(facets, { source: "dense", encoder: built, depth: 3 });
    const first = mined.slice(0, 1);
    const copies = withColumns(mined, {
      ...{
        query_id: Array(mined.length).fill(first.row(0).query_id),
        doc_id: Array(mined.length).fill(first.row(0).doc_id),
      },
      verdict: Array(mined.length).fill("kept"),
    });
    assert.ok((await contrastiveInformation(built, facets, copies))[0].information < dense.information / 2);
  } finally {
    await built.dispose();
  }
});

Deno.test("bad options and tables without kept rows are refused", async () => {
  const table = tableOf(NEGATIVES, [row("q", "a", "bm25")]);
  await assert.rejects(
    contrastiveInformation(encoder, collection, table, { reach: 0 }),
    /reach must be a number > 0, found 0/,
  );
  const none = tableOf(NEGATIVES, [{ ...row("q", "a", "bm25"), verdict: "dropped" }]);
  await assert.rejects(contrastiveInformation(encoder, collection, none), /no negative is kept/);
});
