import assert from "node:assert/strict";
import { random } from "../../lib/core/random.ts";
import {
  bixse,
  causalNeg,
  debiased,
  distillation,
  gist,
  hardWeighted,
  infoNCE,
  type Loss,
  LOSS_WRAPPERS,
  LOSSES,
  lossOf,
  marginMSE,
  masked,
  matryoshka,
  triplet,
  wasserstein,
} from "../../lib/training/losses/mod.ts";
import { ArgumentError } from "../../lib/core/errors.ts";
import { type Case, runLoss } from "./loss_harness.ts";
import fixture from "./fixtures/losses.json" with { type: "json" };

/** One query of a case, as a reference reads it. */
interface Row {
  s: number[];
  /** Scores that no gradient reaches. */
  still: number[];
  t: number[];
  g: number[];
  positives: number[];
  negatives: number[];
  related: number[];
  /** Grades of the positives, 0 elsewhere. */
  grades: number[];
  /** Negatives that a model or a rule wrote. */
  written: number[];
}

const temperature = 0.05;

/** Plain, slow, 64-bit versions that share nothing with the graph language. */
const references: Record<string, { loss: Loss; value: (rows: Row[], relations: readonly number[][]) => number }> = {
  infoNCE: {
    loss: infoNCE({ temperature }),
    value: byPositive(({ s, negatives }, p) =>
      -Math.log(
        Math.exp(s[p] / temperature) /
          (Math.exp(s[p] / temperature) + sum(negatives, (n) => Math.exp(s[n] / temperature))),
      )
    ),
  },
  hardness: {
    loss: infoNCE({ temperature, hardness: 5 }),
    value: byPositive(({ s, still, negatives }, p) =>
      Math.log(
        1 + sum(negatives, (n) => Math.exp(s[n] / temperature + 5 * still[n])) / Math.exp(s[p] / temperature),
      )
    ),
  },
  debiased: {
    loss: debiased({ temperature, tauPlus: 0.1 }),
    value: byPositive(({ s, negatives }, p) => {
      const all = sum(negatives, (n) => Math.exp(s[n] / temperature));
      return corrected(s[p], all, negatives.length, 0.1);
    }),
  },
  hardWeighted: {
    loss: hardWeighted({ temperature, beta: 0.5, tauPlus: 0.05 }),
    value: byPositive(({ s, negatives }, p) => {
      const weight = (n: number) => Math.exp(0.5 * s[n] / temperature);
      const all = sum(negatives, (n) => weight(n) * Math.exp(s[n] / temperature));
      const mean = sum(negatives, weight) / negatives.length;
      return corrected(s[p], negatives.length ? all / mean : 0, negatives.length, 0.05);
    }),
  },
  triplet: {
    loss: triplet({ margin: 0.1 }),
    value: byPair(({ s }, p, n) => Math.max(0, 0.1 + s[n] - s[p])),
  },
  marginMSE: {
    loss: marginMSE({ scale: 3 }),
    value: byPair(({ s, t }, p, n) => (3 * (s[p] - s[n]) - (t[p] - t[n])) ** 2),
  },
  distillation: {
    loss: distillation({ temperature, teacherTemperature: 0.5 }),
    value: (rows) =>
      mean(
        rows.filter(({ related }) => related.length > 0).map(({ s, t, related }) => {
          const p = softmax(related.map((j) => t[j] / 0.5));
          const q = softmax(related.map((j) => s[j] / temperature));
          return sum(p.map((_, k) => k), (k) => p[k] * Math.log(p[k] / q[k]));
        }),
      ),
  },
  wasserstein: {
    loss: wasserstein({ temperature }),
    value: (rows, relations) => {
      const width = rows[0].s.length;
      const spread = (row: Row, values: number[]) => {
        const full = new Array(width).fill(0);
        softmax(values).forEach((value, k) => full[row.related[k]] = value);
        return full;
      };
      const x = rows.map((row) => spread(row, row.related.map((j) => row.s[j] / temperature)));
      const y = rows.map((row, i) => spread(row, row.related.map((j) => Math.max(0, relations[i][j]))));
      const center = (m: number[][]) => m[0].map((_, j) => mean(m.map((row) => row[j])));
      const [mx, my] = [center(x), center(y)];
      const ex = x.map((row) => row.map((v, j) => v - mx[j]));
      const ey = y.map((row) => row.map((v, j) => v - my[j]));
      const cross = ex.map((a) => ey.map((b) => sum(a.map((_, j) => j), (j) => a[j] * b[j])));
      const square = (m: number[][]) => sum(m.flat().map((_, i) => i), (i) => m.flat()[i] ** 2);
      const singular = singularValues(cross).reduce((a, b) => a + b, 0);
      return sum(mx.map((_, j) => j), (j) => (mx[j] - my[j]) ** 2) +
        (square(ex) + square(ey) - 2 * singular) / Math.max(1, rows.length - 1);
    },
  },
  causalNeg: {
    loss: causalNeg({ temperature, strength: 0.5 }),
    value: (rows, relations) =>
      references.infoNCE.value(rows, relations) + 0.5 * mean(
          rows.filter(({ positives }) => positives.length > 0).map(({ s, still, negatives, written }) => {
            if (written.length === 0) return 0;
            const score = (n: number) => Math.exp((written.includes(n) ? s[n] : still[n]) / temperature);
            const all = sum(negatives, score);
            const p = written.map((n) => score(n) / all);
            const mass = p.reduce((a, b) => a + b);
            return p.reduce((total, q) => total + q * Math.log(q), 0) +
              (mass - written.length / negatives.length) ** 2;
          }),
        ),
  },
  bixse: {
    loss: bixse({ temperature, bias: -8, topGrade: 2 }),
    value: (rows) =>
      mean(
        rows.filter(({ related }) => related.length > 0).map(({ s, related, grades }) =>
          sum(related, (j) => {
            const chance = 1 / (1 + Math.exp(-(s[j] / temperature - 8)));
            const label = Math.min(1, grades[j] / 2);
            return -label * Math.log(chance) - (1 - label) * Math.log(1 - chance);
          })
        ),
      ),
  },
  masked: {
    loss: masked(infoNCE({ temperature }), { margin: 0.1 }),
    value: (rows, relations) => maskedReference(rows, relations, (row) => row.still, 0.1),
  },
  gist: {
    loss: gist(infoNCE({ temperature })),
    value: (rows, relations) => maskedReference(rows, relations, (row) => row.g, 0),
  },
};

function maskedReference(
  rows: Row[],
  relations: readonly number[][],
  judge: (row: Row) => number[],
  margin: number,
): number {
  const left = rows.map((row, i) => {
    const scores = judge(row);
    const limit = Math.min(...row.positives.map((p) => scores[p])) + margin;
    return { ...row, negatives: row.negatives.filter((n) => !(relations[i][n] === -2 && scores[n] > limit)) };
  });
  return references.infoNCE.value(left, relations);
}

function corrected(positive: number, all: number, count: number, tauPlus: number): number {
  const f = Math.exp(positive / temperature);
  const estimate = Math.max((all - tauPlus * count * f) / (1 - tauPlus), count * Math.exp(-1 / temperature));
  return -Math.log(f / (f + estimate));
}

function byPositive(f: (row: Row, p: number) => number) {
  return (rows: Row[]) =>
    mean(rows.filter(({ positives }) => positives.length).map((row) => mean(row.positives.map((p) => f(row, p)))));
}

function byPair(f: (row: Row, p: number, n: number) => number) {
  return (rows: Row[]) =>
    mean(
      rows.filter(({ positives, negatives }) => positives.length && negatives.length).map((row) =>
        mean(row.positives.flatMap((p) => row.negatives.map((n) => f(row, p, n))))
      ),
    );
}

/** One-sided Jacobi. */
function singularValues(matrix: number[][]): number[] {
  const columns = matrix[0].map((_, j) => matrix.map((row) => row[j]));
  const dot = (a: number[], b: number[]) => a.reduce((all, v, i) => all + v * b[i], 0);
  for (let sweep = 0; sweep < 40; sweep++) {
    for (let i = 0; i < columns.length; i++) {
      for (let j = i + 1; j < columns.length; j++) {
        const [a, b, c] = [dot(columns[i], columns[i]), dot(columns[j], columns[j]), dot(columns[i], columns[j])];
        if (Math.abs(c) < 1e-18) continue;
        const zeta = (b - a) / (2 * c);
        const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cos = 1 / Math.sqrt(1 + t * t);
        const sin = cos * t;
        const [u, v] = [columns[i], columns[j]];
        columns[i] = u.map((x, k) => cos * x - sin * v[k]);
        columns[j] = u.map((x, k) => sin * x + cos * v[k]);
      }
    }
  }
  return columns.map((column) => Math.sqrt(dot(column, column)));
}

const sum = (indices: readonly number[], f: (i: number) => number) => indices.reduce((all, i) => all + f(i), 0);
const mean = (values: readonly number[]) => values.length ? values.reduce((a, b) => a + b, 0) / values.length : 0;
function softmax(values: readonly number[]): number[] {
  const top = Math.max(...values);
  const powers = values.map((v) => Math.exp(v - top));
  const all = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / all);
}

function reference(name: string, input: Case, scores: readonly number[]): number {
  const cut = (data: readonly number[]) =>
    Array.from({ length: input.queries }, (_, i) => data.slice(i * input.candidates, (i + 1) * input.candidates));
  const [s, still, t, g, relations] = [scores, input.scores, input.teacher, input.guide, input.relations].map(cut);
  const rows = relations.map((row, i) => {
    const where = (test: (r: number) => boolean) => row.map((_, j) => j).filter((j) => test(row[j]));
    return {
      s: s[i],
      still: still[i],
      t: t[i],
      g: g[i],
      positives: where((r) => r > 0),
      negatives: where((r) => r < 0),
      related: where((r) => r !== 0),
      grades: row.map((r) => Math.max(r, 0)),
      written: where((r) => r < 0).filter((j) => [4, 5].includes(input.sources?.[j] ?? -1)),
    };
  });
  return references[name].value(rows, relations);
}

/** Ragged, with several positives, queries without negatives or without positives, ignored cells. */
function ragged(seed: number): Case {
  const stream = random(seed);
  const [queries, candidates] = [5, 11];
  const numbers = (low: number, high: number) =>
    Array.from({ length: queries * candidates }, () => low + (high - low) * stream.next());
  const relations = Array.from({ length: queries }, (_, i) => {
    const row = Array.from({ length: candidates }, () => [-1, -2, -2, 0][stream.integer(4)]);
    const positives = 1 + stream.integer(3);
    for (const j of stream.sample(candidates, positives)) row[j] = 1 + stream.integer(3);
    if (i === 1) return row.map((r) => Math.max(r, 0));
    if (i === 2) return row.map((r) => Math.min(r, 0));
    return row;
  }).flat();
  return {
    queries,
    candidates,
    relations,
    scores: numbers(-0.2, 0.95),
    teacher: numbers(-1, 3),
    guide: numbers(0, 1),
    sources: Array.from({ length: candidates }, () => stream.integer(6)),
  };
}

function close(found: number, wanted: number, what: string, tolerance = 2e-5): void {
  assert.ok(
    Math.abs(found - wanted) <= tolerance * Math.max(1, Math.abs(wanted)),
    `${what}: found ${found}, wanted ${wanted}`,
  );
}

Deno.test("every loss and every wrapper of the registries has a reference", () => {
  for (const name of LOSSES.names) assert.ok(name in references, `no reference for ${name}`);
  const summed = ["matryoshka"]; // tested below: a sum of its parts
  for (const name of LOSS_WRAPPERS.names) assert.ok([...summed, ...Object.keys(references)].includes(name), name);
});

Deno.test("full names, by which checkpoints are compared, contain every setting with its default", () => {
  const inner = infoNCE();
  const names = [
    ...LOSSES.names.map((name) => LOSSES.make(name).name),
    distillation({ temperature: 0.5 }).name,
    distillation({ teacherTemperature: 3 }).name,
    masked(inner).name,
    gist(inner, { margin: -0.5 }).name,
    matryoshka(inner, { dimensions: [8, 16] }).name,
    matryoshka(masked(inner), { weights: [1, 0.5], dimensions: [8, 16] }).name,
  ];
  assert.deepEqual(names, [
    "infoNCE(temperature=0.02, hardness=0)",
    "debiased(temperature=0.02, tauPlus=0.1)",
    "hardWeighted(temperature=0.02, beta=0.5, tauPlus=0)",
    "triplet(margin=0.1)",
    "marginMSE(scale=1)",
    "distillation(temperature=0.02, teacherTemperature=0.02)",
    "wasserstein(temperature=0.02)",
    "causalNeg(temperature=0.02, strength=0.05)",
    "bixse(temperature=0.05, bias=-10, topGrade=1, levels=false)",
    "distillation(temperature=0.5, teacherTemperature=0.5)",
    "distillation(temperature=0.02, teacherTemperature=3)",
    "masked(loss=infoNCE(temperature=0.02, hardness=0), margin=0.1)",
    "gist(loss=infoNCE(temperature=0.02, hardness=0), margin=-0.5)",
    "matryoshka(loss=infoNCE(temperature=0.02, hardness=0), dimensions=8+16, weights=1+1)",
    "matryoshka(loss=masked(loss=infoNCE(temperature=0.02, hardness=0), margin=0.1), dimensions=8+16, weights=1+0.5)",
  ]);
});

Deno.test("a loss states its needs, a wrapper adds its own", () => {
  const needs = Object.fromEntries(LOSSES.names.map((name) => [name, LOSSES.make(name).needs]));
  const [teacher, none] = [{ teacher: true }, {}];
  assert.deepEqual(needs, {
    ...{ infoNCE: none, debiased: none, hardWeighted: none, triplet: none },
    ...{ marginMSE: teacher, distillation: teacher, wasserstein: { levels: true } },
    ...{ causalNeg: { sources: true }, bixse: none },
  });
  assert.deepEqual(bixse({ levels: true, topGrade: 3 }).needs, { levels: true });
  assert.deepEqual(gist(marginMSE()).needs, { teacher: true, guide: true });
  assert.deepEqual(matryoshka(masked(wasserstein()), { dimensions: [2] }).needs, { levels: true });
});

Deno.test("a loss from a configuration equals the one from functions", () => {
  const made = lossOf({ name: "triplet", margin: 0.3 }, [
    { name: "gist", margin: 0.2 },
    { name: "matryoshka", dimensions: [2, 4] },
  ]);
  const wanted = matryoshka(gist(triplet({ margin: 0.3 }), { margin: 0.2 }), { dimensions: [2, 4] });
  assert.equal(made.name, wanted.name);
  assert.deepEqual(made.needs, wanted.needs);
  assert.throws(() => lossOf({ name: "infoNEC" }), /Unknown loss "infoNEC": did you mean "infoNCE"/);
  assert.throws(() => lossOf({ name: "infoNCE", temprature: 1 }), /has no option "temprature": did you mean "temp/);
  assert.throws(() => lossOf({ name: "infoNCE" }, [{ name: "mask" }]), /Unknown loss wrapper "mask": did you mean/);
  assert.throws(() => lossOf({ name: "infoNCE", temperature: -1 }), /temperature must be a number > 0, found -1/);
});

// Those of the newer losses are in weights_test.ts.
for (const name of Object.keys(fixture.losses)) {
  Deno.test(`${name}: values and gradients equal PyTorch's`, async () => {
    const wanted = fixture.losses[name as keyof typeof fixture.losses];
    const found = await runLoss(references[name].loss, fixture);
    close(found.value, wanted.value, name);
    wanted.gradient.forEach((g, i) => close(found.gradient[i], g, `gradient ${i}`, 5e-5));
  });
}

for (const name of Object.keys(references)) {
  Deno.test(`${name}: equals a plain version and its central differences, ragged, with several positives`, async () => {
    for (let seed = 0; seed < 4; seed++) {
      const input = ragged(seed);
      const { value, gradient } = await runLoss(references[name].loss, input);
      close(value, reference(name, input, input.scores), `seed ${seed}`);
      for (let i = 0; i < input.scores.length; i++) {
        const h = 1e-6;
        const moved = (by: number) => reference(name, input, input.scores.with(i, input.scores[i] + by));
        close(gradient[i], (moved(h) - moved(-h)) / (2 * h), `seed ${seed}, gradient ${i}`, 2e-4);
      }
    }
  });
}

Deno.test("InfoNCE by hand: one positive, two negatives", async () => {
  const { value } = await runLoss(infoNCE({ temperature: 1 }), {
    queries: 1,
    candidates: 3,
    scores: [Math.log(2), 0, Math.log(3)],
    relations: [1, -1, -1],
    teacher: [0, 0, 0],
    guide: [0, 0, 0],
  });
  close(value, Math.log(3), "2 / (2 + 1 + 3)");
});

Deno.test("the debiased loss by hand: the corrected sum is at least N e^(-1/t)", async () => {
  const input = { queries: 1, candidates: 3, scores: [0.9, -0.9, -0.8], relations: [1, -1, -1] };
  const { value, gradient } = await runLoss(debiased({ temperature: 1, tauPlus: 0.5 }), {
    ...input,
    teacher: [0, 0, 0],
    guide: [0, 0, 0],
  });
  const floor = 2 * Math.exp(-1);
  assert.ok(Math.exp(-0.9) + Math.exp(-0.8) - 0.5 * 2 * Math.exp(0.9) < 0.5 * floor, "the floor is in use");
  assert.ok(Math.abs(value + Math.log(Math.exp(0.9) / (Math.exp(0.9) + floor))) < 1e-6, `${value}`);
  assert.ok(gradient[0] < 0 && gradient[1] === 0 && gradient[2] === 0, `${gradient}`);
});

Deno.test("losses over all related candidates ignore masked cells, too", async () => {
  const base = { queries: 1, candidates: 3, teacher: [0.9, 0.1, 0.3], guide: [0.5, 0.9, 0.1], scores: [0.4, 0.6, 0.2] };
  const suspect = { ...base, relations: [1, -2, -1] };
  const without = { ...base, relations: [1, 0, -1] };
  const loss = distillation({ temperature: 0.5 });
  const [found, wanted] = [await runLoss(gist(loss), suspect), await runLoss(loss, without)];
  assert.equal(found.value, wanted.value);
  assert.deepEqual(found.gradient, wanted.gradient);
  assert.notEqual((await runLoss(loss, suspect)).value, wanted.value);
});

Deno.test("no loss overflows at the lowest temperatures", async () => {
  const input: Case = {
    queries: 2,
    candidates: 4,
    scores: [1, -1, 1, 0.3, -1, 1, 1, 1],
    relations: [1, 2, -1, -2, 1, -1, 0, -2],
    teacher: [1, 0, 1, 0, 0, 1, 1, 0],
    guide: [1, 0, 1, 0, 0, 1, 1, 0],
  };
  const low = 0.001;
  for (
    const loss of [
      infoNCE({ temperature: low }),
      debiased({ temperature: low }),
      hardWeighted({ temperature: low }),
      distillation({ temperature: low }),
      wasserstein({ temperature: low }),
    ]
  ) {
    const { value, gradient } = await runLoss(loss, input);
    assert.ok(Number.isFinite(value) && gradient.every(Number.isFinite), `${loss.name}: ${value}, ${gradient}`);
  }
});

Deno.test("a positive and a negative of equal score get opposite gradients", async () => {
  const { gradient } = await runLoss(infoNCE({ temperature: 1 }), {
    queries: 1,
    candidates: 2,
    scores: [0.5, 0.5],
    relations: [1, -1],
    teacher: [0, 0],
    guide: [0, 0],
  });
  assert.deepEqual(gradient, [-0.5, 0.5]);
});

Deno.test("Matryoshka is the weighted sum of its parts", async () => {
  const input = ragged(9);
  const inner = infoNCE({ temperature });
  const { value } = await runLoss(matryoshka(inner, { dimensions: [2, 4], weights: [0.5, 2] }), input);
  close(value, 2.5 * (await runLoss(inner, input)).value, "both cuts have the same scores here");
});

Deno.test("options outside their domain are refused with the domain", () => {
  const wrong: [() => Loss, RegExp][] = [
    [() => infoNCE({ temperature: 0 }), /temperature must be a number > 0, found 0/],
    [() => infoNCE({ temperature: -1 }), /temperature must be a number > 0, found -1/],
    [() => infoNCE({ temperature: NaN }), /temperature must be a number > 0, found NaN/],
    [() => infoNCE({ hardness: -1 }), /hardness must be a number >= 0, found -1/],
    [() => debiased({ tauPlus: 1 }), /tauPlus must be a number >= 0 and < 1, found 1/],
    [() => hardWeighted({ beta: -0.1 }), /beta must be a number >= 0, found -0.1/],
    [() => triplet({ margin: -1 }), /margin must be a number >= 0, found -1/],
    [() => marginMSE({ scale: 0 }), /scale must be a number > 0, found 0/],
    [() => distillation({ teacherTemperature: 0 }), /teacherTemperature must be a number > 0, found 0/],
    [() => causalNeg({ strength: -1 }), /strength must be a number >= 0, found -1/],
    [() => bixse({ topGrade: 0 }), /topGrade must be a number > 0, found 0/],
    [() => masked(infoNCE(), { margin: Infinity }), /margin must be a number, found Infinity/],
    [() => matryoshka(infoNCE(), { dimensions: [] }), /dimensions must be one or more integers >= 1, found an array/],
    [() => matryoshka(infoNCE(), { dimensions: [1.5] }), /dimensions.0 must be an integer >= 1, found 1.5/],
    [() => matryoshka(infoNCE(), { dimensions: [2], weights: [1, 1] }), /2 weights do not match 1 dimensions/],
    [() => matryoshka(infoNCE(), { dimensions: [2], weights: [0] }), /weights.0 must be a number > 0, found 0/],
  ];
  for (const [make, message] of wrong) {
    assert.throws(make, (e) => e instanceof ArgumentError && message.test(e.message));
  }
});
