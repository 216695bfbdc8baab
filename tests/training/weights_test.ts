import assert from "node:assert/strict";
import {
  bixse,
  causalNeg,
  debiased,
  distillation,
  gist,
  hardWeighted,
  infoNCE,
  type Loss,
  LOSSES,
  marginMSE,
  masked,
  matryoshka,
  triplet,
} from "../../lib/training/losses/mod.ts";
import { SOURCES } from "../../lib/tables/mod.ts";
import { random } from "../../lib/core/random.ts";
import { type Case, runLoss } from "./loss_harness.ts";
import plain from "./fixtures/losses.json" with { type: "json" };
import fixture from "./fixtures/weighted.json" with { type: "json" };

const temperature = 0.05;
const LOSS: Record<keyof typeof fixture.losses, Loss> = {
  infoNCE: infoNCE({ temperature }),
  debiased: debiased({ temperature, tauPlus: 0.1 }),
  hardWeighted: hardWeighted({ temperature, beta: 0.5, tauPlus: 0.05 }),
  triplet: triplet({ margin: 0.1 }),
  marginMSE: marginMSE({ scale: 3 }),
  distillation: distillation({ temperature, teacherTemperature: 0.5 }),
  causalNeg: causalNeg({ temperature }),
  bixse: bixse({ temperature, topGrade: 2 }),
};

function close(found: number, wanted: number, what: string, tolerance = 3e-5): void {
  const error = Math.abs(found - wanted);
  assert.ok(error <= tolerance * Math.max(1, Math.abs(wanted)), `${what}: found ${found}, wanted ${wanted}`);
}

Deno.test("the fixture has the kit's sources", () => {
  assert.deepEqual([SOURCES[4], SOURCES[5]], ["synthetic", "edit"]);
});

Deno.test("every loss has a weighted reference, except the list-wise one, which is not a sum over negatives", () => {
  assert.deepEqual([...LOSSES.names].sort(), [...Object.keys(LOSS), "wasserstein"].sort());
});

for (const [name, loss] of Object.entries(LOSS)) {
  const wanted = fixture.losses[name as keyof typeof LOSS];
  Deno.test(`${name}: values and gradients equal PyTorch's, plain and with weights of negatives and queries`, async () => {
    const { weights, queryWeights, sources } = fixture;
    const cases = { plain: { ...plain, sources }, weighted: { ...plain, sources, weights, queryWeights } };
    for (const kind of ["plain", "weighted"] as const) {
      const { value, gradient } = await runLoss(loss, cases[kind]);
      close(value, wanted[kind].value, `${name}, ${kind}`);
      wanted[kind].gradient.forEach((g, i) => close(gradient[i], g, `${kind}, gradient ${i}`, 1e-4));
    }
  });

  Deno.test(`${name}: a negative of weight n counts as n negatives, one of weight 0 is ignored`, async () => {
    const { single, copies } = withCopies(random(5));
    const [one, many] = [await runLoss(loss, single), await runLoss(loss, copies.input)];
    close(one.value, many.value, "value");
    one.gradient.forEach((g, i) =>
      close(g, copies.cells[i].reduce((sum, cell) => sum + many.gradient[cell], 0), `gradient ${i}`, 1e-4)
    );
  });
}

/** A case whose negatives have whole weights, and the same case with as many copies of each column. */
function withCopies(stream: ReturnType<typeof random>): {
  single: Case;
  copies: { input: Case; cells: number[][] };
} {
  const [queries, candidates] = [2, 6];
  const numbers = () => Array.from({ length: queries * candidates }, () => stream.next());
  const columns = [1, 1, 3, 2, 0, 1];
  const single: Case = {
    queries,
    candidates,
    scores: numbers(),
    teacher: numbers(),
    guide: numbers(),
    relations: [1, 2, -1, -1, -1, -1, 0, 1, -1, -2, -1, -1],
    weights: [1, 1, 3, 2, 0, 1, 1, 1, 3, 2, 0, 1],
    sources: [-1, -1, 4, 2, 4, 5],
  };
  const order = columns.flatMap((count, column) => Array<number>(count).fill(column));
  const copied = (data: readonly number[]) =>
    Array.from({ length: queries }, (_, i) => order.map((column) => data[i * candidates + column])).flat();
  const input: Case = {
    queries,
    candidates: order.length,
    scores: copied(single.scores),
    teacher: copied(single.teacher),
    guide: copied(single.guide),
    relations: copied(single.relations),
    sources: order.map((column) => single.sources![column]),
  };
  const cells = Array.from({ length: queries * candidates }, (_, cell) => {
    const [row, column] = [Math.floor(cell / candidates), cell % candidates];
    return order.flatMap((c, at) => c === column ? [row * order.length + at] : []);
  });
  return { single, copies: { input, cells } };
}

Deno.test("list-wise: a candidate of weight 0 is ignored", async () => {
  const { single } = withCopies(random(6));
  const loss = LOSSES.make("wasserstein", { temperature: 0.5 });
  const found = await runLoss(loss, { ...single, weights: single.weights!.map((w) => w === 0 ? 0 : 1) });
  const relations = single.relations.map((r, i) => single.weights![i] === 0 ? 0 : r);
  close(found.value, (await runLoss(loss, { ...single, relations, weights: undefined })).value, "value");
});

Deno.test("wrappers pass weights and sources on", async () => {
  const { single } = withCopies(random(7));
  const inner = infoNCE({ temperature });
  for (
    const wrapped of [masked(inner, { margin: 9 }), gist(inner, { margin: 9 }), matryoshka(inner, { dimensions: [2] })]
  ) {
    close((await runLoss(wrapped, single)).value, (await runLoss(inner, single)).value, wrapped.name);
  }
  assert.equal(masked(causalNeg()).needs.sources, true);
});

Deno.test("CausalNeg's term reaches written negatives only, and strength 0 is InfoNCE", async () => {
  const { single } = withCopies(random(8));
  const base = await runLoss(infoNCE({ temperature }), single);
  const none = await runLoss(causalNeg({ temperature, strength: 0 }), single);
  assert.deepEqual([none.value, none.gradient], [base.value, base.gradient]);
  const full = await runLoss(causalNeg({ temperature, strength: 0.5 }), single);
  full.gradient.forEach((g, i) => {
    const column = i % single.candidates;
    const written = single.sources![column] >= 4 && single.relations[i] < 0 && single.weights![i] > 0;
    assert.equal(g !== base.gradient[i], written, `cell ${i}: ${g} and ${base.gradient[i]}`);
  });
});
