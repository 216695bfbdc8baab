import assert from "node:assert/strict";
import { random } from "../../lib/core/random.ts";
import { NEGATIVES } from "../../lib/tables/schema.ts";
import { tableOf } from "../../lib/tables/table_builder.ts";
import { curriculum, direct, hybrid, rankWeighted, simans, top, uniform } from "../../lib/negatives/sampling/mod.ts";
import type { Sampler } from "../../lib/negatives/mod.ts";
import type { Positives } from "../../lib/collections/mod.ts";
import { type NegativeRow, randomPool } from "./cases.ts";

const CASES = 1000;

/** Every sampler of the kit, for the laws that hold for all of them. */
const SAMPLERS: Record<string, (seed: number) => Sampler> = {
  uniform: (seed) => uniform({ count: 3, seed }),
  top: () => top({ count: 3 }),
  simans: (seed) => simans({ count: 3, a: 4, b: -0.1, seed }),
  rankWeighted: (seed) => rankWeighted({ count: 3, seed }),
  hybrid: (seed) => hybrid({ synthetic: 1, bm25: 2, dense: 1.5 }, { seed }),
  hybridRatio: (seed) => hybrid({ synthetic: 0.7, bm25: 1 }, { count: 4, seed, within: simans({ a: 2, seed }) }),
  direct: (seed) => direct({ synthetic: 1, bm25: 2 }, { seed }),
  directWhole: (seed) => direct({ synthetic: 1, bm25: 2 }, { seed, unit: "instance" }),
  curriculum: (seed) =>
    curriculum([
      { epochs: 1, hardness: [0, 0.5], sampler: uniform({ count: 2, seed }) },
      { epochs: 1, levels: [2, 3], sampler: hybrid({ bm25: 1, synthetic: 1 }, { seed }) },
      { sampler: top({ count: 3 }) },
    ]),
};

/** Rows that a query may draw, written down plainly. */
function candidates(rows: NegativeRow[], query: string): number[] {
  return rows.map((_, i) => i).filter((i) => rows[i].query_id === query && rows[i].verdict === "kept");
}

/** The first row of every document. */
function withoutRepeats(rows: NegativeRow[], candidates: number[]): number[] {
  return candidates.filter((i, at) =>
    rows[i].doc_id == null || !candidates.slice(0, at).some((j) => rows[j].doc_id === rows[i].doc_id)
  );
}

for (const [name, make] of Object.entries(SAMPLERS)) {
  Deno.test(`${name}: only kept rows of the query, no document twice, every query once, shortfalls add up`, () => {
    for (let seed = 0; seed < CASES / 5; seed++) {
      const { rows, table, positives } = randomPool(seed);
      for (const epoch of [0, 1, 4]) {
        const { instances, shortfalls } = make(seed).draw(table, positives, epoch);
        assert.deepEqual(instances.map((i) => i.queryId), [...positives.keys()]);
        for (const { queryId: query_id, positives: ids, negatives } of instances) {
          assert.deepEqual(ids, positives.get(query_id));
          const allowed = candidates(rows, query_id);
          assert.ok(negatives.every((row) => allowed.includes(row)));
          assert.equal(withoutRepeats(rows, [...negatives]).length, negatives.length);
        }
        for (const { wanted, got, queryId: query_id, source } of shortfalls) {
          assert.ok(got < wanted);
          const drawn = instances.find((i) => i.queryId === query_id)!.negatives;
          const parts = source.split("+");
          const of = drawn.filter((row) => source === "any" || parts.includes(rows[row].source));
          assert.equal(of.length, got, `${name} seed ${seed}: ${source} ${wanted} ${got}`);
        }
      }
    }
  });

  Deno.test(`${name}: a query's draw depends on seed, epoch and query, not on the others or their order`, () => {
    for (let seed = 0; seed < CASES / 10; seed++) {
      const { table, positives } = randomPool(seed, { queries: 5 });
      const drawn = make(seed).draw(table, positives, 1).instances;
      assert.deepEqual(make(seed).draw(table, positives, 1).instances, drawn);
      const reversed: Positives = new Map([...positives].reverse());
      assert.deepEqual(make(seed).draw(table, reversed, 1).instances.toReversed(), drawn);
    }
  });
}

Deno.test("random samplers differ between epochs and between seeds", () => {
  const { table, positives } = randomPool(11, { queries: 40, most: 30 });
  for (const [name, make] of Object.entries(SAMPLERS)) {
    if (name === "top" || name === "curriculum") continue;
    const drawn = (seed: number, epoch: number) => JSON.stringify(make(seed).draw(table, positives, epoch).instances);
    assert.notEqual(drawn(1, 0), drawn(1, 1), name);
    assert.notEqual(drawn(1, 0), drawn(2, 0), name);
  }
});

Deno.test(`top equals a plain sort in ${CASES} random pools`, () => {
  for (let seed = 0; seed < CASES; seed++) {
    const { rows, table, positives } = randomPool(seed);
    const count = 1 + random(seed).integer(5);
    for (const { queryId: query_id, negatives } of top({ count }).draw(table, positives, 0).instances) {
      const pool = withoutRepeats(rows, candidates(rows, query_id));
      const wanted: number[] = [];
      while (wanted.length < count && wanted.length < pool.length) {
        const rest = pool.filter((i) => !wanted.includes(i));
        wanted.push(rest.reduce((best, i) => rows[i].rank! < rows[best].rank! ? i : best));
      }
      assert.deepEqual(negatives, wanted);
    }
  }
});

Deno.test(`curriculum by hardness keeps the same rows as a plain sort in ${CASES} random pools`, () => {
  for (let seed = 0; seed < CASES; seed++) {
    const { rows, table, positives } = randomPool(seed);
    const stream = random(seed).fork("window");
    const from = stream.integer(4) / 4;
    const to = from + (1 - from) * (1 + stream.integer(4)) / 4;
    const sampler = curriculum([{ hardness: [from, to], sampler: top({ count: 100 }) }]);
    for (const { queryId: query_id, negatives } of sampler.draw(table, positives, 3).instances) {
      const sorted = candidates(rows, query_id).map((i) => [rows[i].score!, i]).sort((a, b) =>
        a[0] - b[0] || a[1] - b[1]
      );
      const window = sorted.filter((_, at) =>
        at >= Math.floor(from * sorted.length) && at < Math.ceil(to * sorted.length)
      );
      const wanted = withoutRepeats(rows, window.map(([, i]) => i).sort((a, b) => a - b));
      assert.deepEqual([...negatives].sort((a, b) => a - b), wanted);
    }
  }
});

Deno.test("curriculum follows its epoch ranges, and its last stage continues", () => {
  const rows = [1, 2, 3, 4].map((level) => ({
    query_id: "q",
    text: `level ${level}`,
    source: "synthetic" as const,
    grade: level,
    verdict: "kept" as const,
  }));
  const stage = (epochs: number | undefined, level: number) => ({
    epochs,
    levels: [level, level] as const,
    sampler: top({ count: 1 }),
  });
  const sampler = curriculum([stage(2, 1), stage(1, 2), stage(undefined, 4)]);
  const table = tableOf(NEGATIVES, rows);
  const seen = [0, 1, 2, 3, 9].map((epoch) =>
    sampler.draw(table, new Map([["q", ["p"]]]), epoch).instances[0].negatives[0] + 1
  );
  assert.deepEqual(seen, [1, 1, 2, 4, 4]);
});

/** Inclusion probabilities of drawing `count` without replacement one after the other, by enumeration. */
function inclusion(weights: number[], count: number): number[] {
  const result = weights.map(() => 0);
  const go = (taken: number[], probability: number) => {
    if (taken.length === count) {
      for (const i of taken) result[i] += probability;
      return;
    }
    const rest = weights.map((_, i) => i).filter((i) => !taken.includes(i));
    const sum = rest.reduce((total, i) => total + weights[i], 0);
    for (const i of rest) go([...taken, i], probability * weights[i] / sum);
  };
  go([], 1);
  return result;
}

/** Whether `share` of `n` draws is within five standard errors of `p`. */
function close(share: number, p: number, n: number, what: string) {
  const error = Math.sqrt(p * (1 - p) / n);
  assert.ok(Math.abs(share - p) <= 5 * error + 1e-12, `${what}: ${share}, wanted ${p} +- ${error}`);
}

const SCORES = [0.9, 0.8, 0.55, 0.3, -0.4];
const WEIGHTS: Record<string, { sampler: Sampler; weights: number[] }> = {
  uniform: { sampler: uniform({ count: 2, seed: 3 }), weights: SCORES.map(() => 1) },
  simans: {
    sampler: simans({ count: 2, a: 3, b: -0.2, seed: 3 }),
    weights: SCORES.map((s) => Math.exp(-3 * (s - 0.7 + 0.2) ** 2)),
  },
  rankWeighted: {
    sampler: rankWeighted({ count: 2, power: 1.5, seed: 3 }),
    weights: SCORES.map((_, i) => (i + 1) ** -1.5),
  },
};
for (const [name, { sampler, weights }] of Object.entries(WEIGHTS)) {
  Deno.test(`${name}: rows are drawn with the stated probabilities`, () => {
    const n = 6000;
    const rows = Array.from({ length: n }, (_, q) =>
      SCORES.map((score, i) => ({
        query_id: `q${q}`,
        doc_id: `d${i}`,
        source: "dense" as const,
        rank: i + 1,
        score,
        positive_score: 0.7,
        verdict: "kept" as const,
      }))).flat();
    const positives = new Map(Array.from({ length: n }, (_, q) => [`q${q}`, ["p"]]));
    const counts = SCORES.map(() => 0);
    for (const { negatives } of sampler.draw(tableOf(NEGATIVES, rows), positives, 0).instances) {
      for (const row of negatives) counts[row % SCORES.length]++;
    }
    inclusion(weights, 2).forEach((p, i) => close(counts[i] / n, p, n, `${name} row ${i}`));
  });
}

Deno.test("simans does not underflow: scores far from the positive are drawn in order", () => {
  const rows = [0, 1, 2].map((i) => ({
    query_id: "q",
    doc_id: `d${i}`,
    source: "bm25" as const,
    score: -100 * i - 100,
    positive_score: 50,
    verdict: "kept" as const,
  }));
  const { instances } = simans({ count: 2, a: 10, seed: 1 }).draw(tableOf(NEGATIVES, rows), new Map([["q", ["p"]]]), 0);
  assert.deepEqual(instances[0].negatives, [0, 1]);
});

/** n queries with many candidates of each source. */
function rich(n: number) {
  const rows = Array.from(
    { length: n },
    (_, q) =>
      (["synthetic", "bm25", "dense"] as const).flatMap((source) =>
        Array.from({ length: 8 }, (_, i) => ({
          query_id: `q${q}`,
          ...(source === "synthetic" ? { text: `${i}` } : { doc_id: `${source}${i}` }),
          source,
          rank: i + 1,
          verdict: "kept" as const,
        }))
      ),
  ).flat();
  const positives = new Map(Array.from({ length: n }, (_, q) => [`q${q}`, ["p"]]));
  return { rows, table: tableOf(NEGATIVES, rows), positives };
}

Deno.test("hybrid: whole counts are exact, others are the floor or ceiling with the requested mean", () => {
  const n = 4000;
  const { rows, table, positives } = rich(n);
  const count = (negatives: readonly number[], source: string) =>
    negatives.filter((r) => rows[r].source === source).length;
  for (
    const { negatives } of hybrid({ synthetic: 1, bm25: 3, dense: 2 }, { seed: 1 }).draw(table, positives, 0).instances
  ) {
    assert.deepEqual(["synthetic", "bm25", "dense"].map((s) => count(negatives, s)), [1, 3, 2]);
  }
  for (const ratio of [0.2, 0.7, 1, 2.7]) {
    const sampler = hybrid({ synthetic: ratio, bm25: 0.4, dense: 0.6 }, { count: 7, seed: 5 });
    const { instances, shortfalls } = sampler.draw(table, positives, 2);
    assert.equal(shortfalls.length, 0);
    for (const [source, part] of [["synthetic", ratio], ["bm25", 0.4], ["dense", 0.6]] as const) {
      const expected = 7 * part / (ratio + 1);
      const counts = instances.map(({ negatives }) => count(negatives, source));
      assert.ok(counts.every((c) => c === Math.floor(expected) || c === Math.ceil(expected)), `${source} of ${ratio}`);
      const mean = counts.reduce((a, b) => a + b) / n;
      close(mean - Math.floor(expected), expected - Math.floor(expected), n, `R ${ratio} ${source}`);
    }
    assert.ok(instances.every(({ negatives }) => negatives.length === 7));
  }
});

Deno.test("hybrid: draws of two sources for one query are independent", () => {
  const n = 4000;
  const { rows, table, positives } = rich(n);
  let same = 0;
  for (const { negatives } of hybrid({ bm25: 1, dense: 1 }, { seed: 2 }).draw(table, positives, 0).instances) {
    if (rows[negatives[0]].rank === rows[negatives[1]].rank) same++;
  }
  close(same / n, 1 / 8, n, "equal ranks");
});

Deno.test("direct: the mix holds over the data set, and instances vary at random", () => {
  const n = 4000;
  const { rows, table, positives } = rich(n);
  for (const unit of ["negative", "instance"] as const) {
    const { instances } = direct({ synthetic: 1, bm25: 3 }, { count: 2, seed: 9, unit }).draw(table, positives, 0);
    const synthetic = instances.map(({ negatives }) => negatives.filter((r) => rows[r].source === "synthetic").length);
    const shares = [0, 1, 2].map((k) => synthetic.filter((c) => c === k).length / n);
    const wanted = unit === "negative" ? [9 / 16, 6 / 16, 1 / 16] : [3 / 4, 0, 1 / 4];
    shares.forEach((share, k) => close(share, wanted[k], n, `${unit}, ${k} synthetic`));
  }
});

Deno.test("bad input is one clear error before any draw", () => {
  const { table, positives } = randomPool(1);
  const scoreless = tableOf(NEGATIVES, [{ query_id: "q", doc_id: "d", source: "bm25", verdict: "kept" }]);
  const infinite = tableOf(NEGATIVES, [{
    query_id: "q",
    doc_id: "d",
    source: "bm25",
    score: Infinity,
    positive_score: 1,
    verdict: "kept",
  }]);
  const lexical = tableOf(NEGATIVES, [{ ...[...infinite.rows()][0], score: 9.5 }]);
  const one = new Map([["q", ["p"]]]);
  const wrong: [RegExp, () => unknown][] = [
    [/none of the 0 rows is kept/, () => top({ count: 1 }).draw(tableOf(NEGATIVES, []), positives, 0)],
    [/query "q0": it has no positive/, () => top({ count: 1 }).draw(table, new Map(), 0)],
    [/query "q0": it has no positive/, () => top({ count: 1 }).draw(table, new Map([...positives, ["q0", []]]), 0)],
    [/mix.bm25 must be a number >= 0, found -1/, () => hybrid({ synthetic: 1, bm25: -1 })],
    [/mix.bm25 must be a number >= 0, found NaN/, () => direct({ bm25: NaN })],
    [/no part is above 0/, () => hybrid({ bm25: 0 })],
    [/Unknown source "bm52": did you mean "bm25"/, () => hybrid({ bm52: 1 } as never)],
    [
      /sources.0 is "sinthetic": did you mean "synthetic"/,
      () => uniform({ count: 1, sources: ["sinthetic" as never] }),
    ],
    [/count must be an integer >= 1, found 0/, () => uniform({ count: 0 })],
    [/count is missing/, () => uniform({}).draw(table, positives, 0)],
    [/1 of 1 rows have no finite score and positive_score/, () => simans({ count: 1 }).draw(scoreless, one, 0)],
    [/1 of 1 rows have no finite score/, () => simans({ count: 1 }).draw(infinite, one, 0)],
    [
      /query "q" by SimANS with a = 100, which is for cosines: found scores 9\.50 and 1\.00/,
      () => simans({ count: 1 }).draw(lexical, one, 0),
    ],
    [/no finite rank/, () => rankWeighted({ count: 1 }).draw(scoreless, one, 0)],
    [
      /hardness of stage 1 .* found \[0.5,0.5\]/,
      () => curriculum([{ hardness: [0.5, 0.5], sampler: top({ count: 1 }) }]),
    ],
    [/stage 1 of the curriculum needs epochs/, () => curriculum([{ sampler: top({}) }, { sampler: top({}) }])],
    [/epoch must be an integer >= 0, found -1/, () => top({ count: 1 }).draw(table, positives, -1)],
  ];
  for (const [message, act] of wrong) assert.throws(act, { name: "ArgumentError", message });
});
