import { expand, transpose } from "../operations/layout.ts";
import { reshape } from "../operations/reshape.ts";
import { gather, gatherElements } from "../operations/gather.ts";
import { scatterElements, scatterND, scatterRows } from "../operations/scatter.ts";
import { like } from "../operations/operands.ts";
import { node } from "../operations/node.ts";
import { product } from "../shapes.ts";
import type { Tensor } from "../graph.ts";
import { int, type Rule } from "./rule.ts";

function zeros(x: Tensor): Tensor {
  return expand(like(0, x), x.shape);
}

/** Gradient of a gather along axis 0: adds the rows of the gradient at the gathered rows. */
function addRows(x: Tensor, { indices, g }: { indices: Tensor; g: Tensor }): Tensor {
  const updates = reshape(g, [product(indices.shape), ...x.shape.slice(1)]);
  const places = reshape(indices, [product(indices.shape)]);
  const inGraph = scatterRows(zeros(x), { indices: places, updates });
  // If this is an output, the session adds the rows itself, many times faster than the kernel.
  return node("AddRows", [inGraph, updates, places, x], { shape: x.shape });
}

const gatherRule: Rule = (node, [g]) => {
  const [x, indices, inverse] = node.inputs as [Tensor, Tensor, Tensor | undefined];
  if (inverse) return [gather(g!, inverse), undefined, undefined];
  const axis = int(node, "axis");
  if (axis === 0) return [addRows(x, { indices, g: g! }), undefined];
  // Move the gathered axis to the front, and back.
  const front = [axis, ...x.shape.keys().filter((each) => each !== axis)];
  const moved = transpose(x, front);
  const places = [...indices.shape.keys()].map((each) => axis + each);
  const rest = [...g!.shape.keys()].filter((each) => !places.includes(each));
  const rows = addRows(moved, { indices, g: transpose(g!, [...places, ...rest]) });
  return [transpose(rows, front.map((_, each) => front.indexOf(each))), undefined];
};

/** Rules of the indexing operations. */
export const INDEXING: Readonly<Record<string, Rule>> = {
  Gather: gatherRule,
  GatherElements: (gathered, [g]) => {
    const [x, indices] = gathered.inputs as [Tensor, Tensor];
    return [scatterElements(zeros(x), { indices, updates: g!, axis: int(gathered, "axis") }), undefined];
  },
  TopK: (top, [g]) => {
    if (!g) return [undefined, undefined];
    return [
      scatterElements(zeros(top.inputs[0]!), { indices: top.outputs[1], updates: g, axis: int(top, "axis") }),
      undefined,
    ];
  },
  ScatterElements: (scattered, [g], wanted) => {
    const indices = scattered.inputs[1]!;
    const byUpdates = () => gatherElements(g!, indices, { axis: int(scattered, "axis") });
    return [g, undefined, wanted[2] ? byUpdates() : undefined];
  },
  ScatterND: (scattered, [g], wanted) => {
    const [, indices, updates] = scattered.inputs as [Tensor, Tensor, Tensor];
    // Replaced values have no influence on the result.
    const byData = () => scatterND(g!, { indices, updates: zeros(updates) });
    const byUpdates = () => node("GatherND", [g!, indices], { shape: updates.shape });
    return [wanted[0] ? byData() : undefined, undefined, wanted[2] ? byUpdates() : undefined];
  },
};
