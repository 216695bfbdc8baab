import { cast, expand, reshape, transpose } from "../operations/layout.ts";
import { gather, scatterND } from "../operations/indexing.ts";
import { node } from "../operations/operands.ts";
import { product } from "../shapes.ts";
import type { Tensor } from "../tensor.ts";
import { int, type Rule } from "./rule.ts";

function zeros(like: Tensor): Tensor {
  return expand(like.graph.constant(0), like.shape);
}

/** Gradient of a gather along axis 0: rows of the gradient added at the rows they came from. */
function addRows(x: Tensor, { indices, g }: { indices: Tensor; g: Tensor }): Tensor {
  const places = reshape(cast(indices, "int64"), [product(indices.shape), 1]);
  const updates = reshape(g, [product(indices.shape), ...x.shape.slice(1)]);
  return scatterND(zeros(x), { indices: places, updates, reduction: "add" });
}

const gatherRule: Rule = (node, [g]) => {
  const [x, indices, inverse] = node.inputs as [Tensor, Tensor, Tensor | undefined];
  if (inverse) return [gather(g!, inverse), undefined, undefined];
  const axis = int(node, "axis");
  if (axis === 0) return [addRows(x, { indices, g: g! }), undefined];
  // Bring the gathered axis to the front, and back.
  const front = [axis, ...x.shape.keys().filter((each) => each !== axis)];
  const moved = transpose(x, front);
  const places = [...indices.shape.keys()].map((each) => axis + each);
  const rest = [...g!.shape.keys()].filter((each) => !places.includes(each));
  const rows = addRows(moved, { indices, g: transpose(g!, [...places, ...rest]) });
  return [transpose(rows, front.map((_, each) => front.indexOf(each))), undefined];
};

/** Adds elements at the coordinates that they were taken from along an axis. */
function addElements(x: Tensor, { indices, g, axis }: { indices: Tensor; g: Tensor; axis: number }): Tensor {
  return node("ScatterElements", [zeros(x), indices, g], {
    shape: x.shape,
    attributes: { axis: { int: axis }, reduction: { string: "add" } },
  });
}

/** Rules of the operations that index. */
export const INDEXING = {
  Gather: gatherRule,
  GatherElements: (gathered, [g]) => {
    const [x, indices] = gathered.inputs as [Tensor, Tensor];
    return [addElements(x, { indices, g: g!, axis: int(gathered, "axis") }), undefined];
  },
  TopK: (top, [g]) => {
    if (!g) return [undefined, undefined];
    return [addElements(top.inputs[0]!, { indices: top.outputs[1], g, axis: int(top, "axis") }), undefined];
  },
  ScatterND: (scattered, [g], wanted) => {
    const [, indices, updates] = scattered.inputs as [Tensor, Tensor, Tensor];
    const adds = (scattered.attributes.reduction as { string: string }).string === "add";
    // What updates replace has no influence any more.
    const byData = () => adds ? g! : scatterND(g!, { indices, updates: expand(g!.graph.constant(0), updates.shape) });
    const byUpdates = () => node("GatherND", [g!, indices], { shape: updates.shape });
    return [wanted[0] ? byData() : undefined, undefined, wanted[2] ? byUpdates() : undefined];
  },
} satisfies Record<string, Rule>;
