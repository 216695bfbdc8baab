import assert from "node:assert/strict";
import { ArgumentError } from "../../lib/core/mod.ts";
import { concat, Graph, scatterND, split } from "../../lib/graph/mod.ts";
import { factorsOf, product, quotient } from "../../lib/graph/shapes.ts";

Deno.test("dimensions multiply and divide as names and numbers", () => {
  assert.deepEqual(factorsOf("(a+b)*c"), ["a+b", "c"]);
  assert.deepEqual(factorsOf("a+b"), ["a+b"]);
  assert.equal(product(["a+b", 2, "c"]), "2*(a+b)*c");
  assert.equal(quotient(["2*(a+b)*c"], ["c", 2]), "a+b");
  assert.equal(quotient([6], [1]), 6);
  assert.equal(quotient([6], [4]), undefined);
  assert.equal(quotient([6], [0]), undefined);
});

const wrong: Record<string, (graph: Graph) => unknown> = {
  "concat of two types": (graph) =>
    concat([graph.constant([1], { dtype: "float32" }), graph.constant([1], { dtype: "int64" })], { axis: 0 }),
  "split that does not add up": (graph) =>
    split(graph.constant([1, 2, 3], { dtype: "float32" }), { axis: 0, sizes: [1, 1] }),
  "scatter by indices of no axis": (graph) =>
    scatterND(graph.constant([1, 2], { dtype: "float32" }), {
      indices: graph.constant([], { dtype: "int64", shape: [1, 0] }),
      updates: graph.constant([1], { dtype: "float32" }),
    }),
};
for (const [name, act] of Object.entries(wrong)) {
  Deno.test(`${name} is refused`, () => assert.throws(() => act(new Graph()), ArgumentError));
}

for (const dtype of ["float32", "int32", "int64", "bool"] as const) {
  Deno.test(`a constant of type ${dtype} is made from numbers, not from text`, () => {
    assert.throws(() => new Graph().constant("12" as never, { dtype }), ArgumentError);
  });
}
