import assert from "node:assert/strict";
import { compile, type Dim, gradients, Graph, OPERATIONS, type TensorValue } from "../../lib/graph/mod.ts";
import { random } from "../../mod.ts";
import { ancestors } from "../../lib/graph/ancestors.ts";
import { RULE_CASES, type RuleCase, SIZES } from "./rule_cases.ts";

/** Largest error of a derivative, relative to the larger of 1 and the largest derivative of the operand. */
const TOLERANCE = 2e-4;
/** Half a distance of the four-point difference; its own error is of the fourth order. */
const STEP = 2 ** -5;

const concrete = (shape: readonly Dim[]) => shape.map((dim) => typeof dim === "number" ? dim : SIZES[dim]);
const count = (shape: readonly number[]) => shape.reduce((all, dim) => all * dim, 1);

function filled(
  length: number,
  { fill, seed, offset }: { fill: readonly [number, number] | "spread"; seed: number; offset: number },
) {
  const stream = random(seed).fork(`operand ${offset}`);
  if (fill !== "spread") return Float32Array.from({ length }, () => fill[0] + (fill[1] - fill[0]) * stream.next());
  const places = Float32Array.from({ length }, (_, index) => (index - (length >> 1)) * 0.4 + 0.1 + 0.2 * offset);
  for (let index = length - 1; index > 0; index--) {
    const other = Math.floor(stream.next() * (index + 1));
    [places[index], places[other]] = [places[other], places[index]];
  }
  return places;
}

/** The largest relative error of a case's gradients, over all elements of all operands. */
async function error(op: string, { shapes, build, fill }: RuleCase, seed: number): Promise<number> {
  const graph = new Graph();
  const operands = shapes.map((shape, index) => graph.parameter(`p${index}`, shape));
  const y = build(...operands);
  assert.ok(ancestors([y]).some((node) => node.op === op), `the case of ${op} does not contain ${op}`);
  const upstream = graph.input("upstream", { shape: y.shape });
  const derivatives = gradients(y, operands, { upstream });
  for (const node of ancestors([y, ...derivatives])) assert.ok(OPERATIONS.has(node.op), `${node.op} is not registered`);
  const feeds: Record<string, TensorValue> = {};
  shapes.forEach((shape, index) => {
    const dims = concrete(shape);
    const data = filled(count(dims), { fill: fill?.[index] ?? [-2, 2], seed, offset: index });
    feeds[`p${index}`] = { data, shape: dims };
  });
  const forward = await compile({ y }, { threads: 1, reuseOutputs: true });
  const first = (await forward.run(feeds)).y;
  const weights = filled(first.data.length, { fill: [-1, 1], seed, offset: -1 });
  const backward = await compile(Object.fromEntries(derivatives.map((d, i) => [`d${i}`, d])), { threads: 1 });
  const found = await backward.run({ ...feeds, upstream: { data: weights, shape: first.shape } });
  const functional = async () => {
    const { data } = (await forward.run(feeds)).y;
    return weights.reduce((all, weight, index) => all + weight * Number(data[index]), 0);
  };
  let worst = 0;
  for (let index = 0; index < shapes.length; index++) {
    const data = feeds[`p${index}`].data as Float32Array;
    const gradient = found[`d${index}`].data as Float32Array;
    assert.deepEqual(found[`d${index}`].shape, feeds[`p${index}`].shape);
    const scale = gradient.reduce((all, each) => Math.max(all, Math.abs(each)), 1);
    for (let element = 0; element < data.length; element++) {
      const at = data[element];
      let difference = 0;
      for (const [steps, weight] of [[-2, 1], [-1, -8], [1, 8], [2, -1]]) {
        data[element] = at + steps * STEP;
        difference += weight * await functional();
      }
      data[element] = at;
      worst = Math.max(worst, Math.abs(difference / (12 * STEP) - gradient[element]) / scale);
    }
  }
  await Promise.all([forward.dispose(), backward.dispose()]);
  return worst;
}

/** Operations that have a gradient. */
const DIFFERENTIABLE = [...OPERATIONS.values()].filter(({ gradient }) => gradient).map(({ name }) => name);

Deno.test("every gradient rule has a case", () => {
  assert.deepEqual(Object.keys(RULE_CASES).sort(), DIFFERENTIABLE.toSorted());
  for (const [op, cases] of Object.entries(RULE_CASES)) assert.ok(cases.length > 0, op);
});

const errors = new Map<string, number>();

for (const op of DIFFERENTIABLE) {
  Deno.test(`gradient of ${op} equals central differences in every operand`, async () => {
    for (const [index, each] of (RULE_CASES[op] ?? []).entries()) {
      const found = await error(op, each, index + 1);
      const shapes = each.shapes.map((shape) => `[${shape.join(", ")}]`).join(" ");
      assert.ok(found < (each.tolerance ?? TOLERANCE), `${op} of ${shapes}: relative error ${found}`);
      errors.set(op, Math.max(errors.get(op) ?? 0, found));
    }
  });
}

Deno.test("largest error of every rule", () => {
  console.log([...errors].map(([op, each]) => `${op} ${each.toExponential(1)}`).join("  "));
});
