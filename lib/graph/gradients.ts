import { checkOptions, type OptionKinds } from "../core/options.ts";
import { ArgumentError, KitError } from "../core/errors.ts";
import { add } from "./operations/arithmetic.ts";
import { expand } from "./operations/layout.ts";
import { gemm } from "./operations/matmul.ts";
import { like } from "./operations/operands.ts";
import { OPERATIONS, traitsOf } from "./registry.ts";
import { shapeError } from "./shape_error.ts";
import { sameShape } from "./shapes.ts";
import type { Node, Tensor } from "./graph.ts";
import { ancestors, operands } from "./ancestors.ts";

/**
 * Options of {@link gradients}.
 *
 * @category Graph
 */
export interface GradientOptions {
  /** Gradient that arrives at `of`, of the same shape. Omit for 1, if `of` is a scalar. */
  upstream?: Tensor;
}

const GRADIENT_OPTIONS: OptionKinds<GradientOptions> = { upstream: "object" };

/**
 * Gradients of a scalar with respect to tensors, by reverse-mode differentiation. Appends the backward computation to the
 * graph. Each gradient has the shape of its tensor. It is 0 for a parameter or input that the scalar does not depend on.
 *
 * @param of The result, of shape `[]` unless `upstream` is given.
 * @param by Parameters, inputs, or results on the way to `of`. A folded result is not on the way: a reshape of a reshape, a
 *   transpose of a transpose, and a number times a factor of a matrix product become one operation.
 * @throws {ArgumentError} if `of` is not a scalar or not floating-point, or a result in `by` is not on the way to it
 * @throws {KitError} if an operation on the way has no gradient
 *
 * @example
 * ```ts
 * import { compile, gradients, Graph, mul, reduceSum } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const x = graph.input("x", { shape: [2] });
 * const [gradient] = gradients(reduceSum(mul(x, x)), [x]);
 * const session = await compile({ gradient });
 * const result = await session.run({ x: { data: Float32Array.of(1, 3), shape: [2] } });
 * console.log([...result.gradient.data]); // [ 2, 6 ]
 * await session.dispose();
 * ```
 * @category Graph
 */
export function gradients(of: Tensor, by: readonly Tensor[], options: GradientOptions = {}): Tensor[] {
  checkOptions<GradientOptions>("gradients", options, GRADIENT_OPTIONS);
  const { upstream } = options;
  if (upstream ? !sameShape(upstream.shape, of.shape) : of.rank !== 0) {
    const reason = upstream
      ? `upstream has the shape [${upstream.shape.join(", ")}]`
      : "it must be a scalar, or upstream must be given";
    throw shapeError("gradients", reason, [of]);
  }
  for (const tensor of [of, ...by]) {
    if (!isFloat(tensor)) throw shapeError("gradients", "only floating-point tensors have gradients", [tensor]);
    if (tensor.graph !== of.graph) {
      throw new ArgumentError(`Cannot differentiate by ${tensor}: it belongs to another graph`);
    }
  }
  const before = ancestors([of]);
  wantPresent(of, { by, nodes: before });
  const { nodes, active } = between(before, by);
  const sums = new Map<Tensor, Tensor>([[of, upstream ?? like(1, of)]]);
  for (const node of nodes.toReversed()) {
    const arriving = node.outputs.map((output) => sums.get(output));
    if (arriving.every((gradient) => gradient === undefined)) continue;
    const rule = OPERATIONS.get(node.op)?.gradient;
    if (!rule) {
      throw new KitError(`Cannot differentiate ${node.op}: it has no gradient; stopGradient excludes it`);
    }
    const wanted = node.inputs.map((input) => input !== undefined && active.has(input));
    rule(node, arriving, wanted).forEach((gradient, index) => {
      const input = node.inputs[index];
      if (!gradient || !input || !wanted[index]) return;
      if (!sameShape(gradient.shape, input.shape)) {
        throw new Error(`The rule of ${node.op} gives ${gradient} for the operand ${input}`);
      }
      const before = sums.get(input);
      sums.set(input, before ? sum(before, gradient) : gradient);
    });
  }
  return by.map((tensor) => sums.get(tensor) ?? expand(like(0, tensor), tensor.shape));
}

/**
 * Throws if a gradient would be incomplete because `of` does not depend on the tensor, or a folded operation bypasses it.
 */
function wantPresent(of: Tensor, { by, nodes }: { by: readonly Tensor[]; nodes: readonly Node[] }): void {
  const used = new Set<Tensor | undefined>([of, ...nodes.flatMap(operands)]);
  for (const tensor of by) {
    const { origin } = tensor;
    if (origin.kind !== "node") continue;
    if (nodes.includes(origin.node) && of.graph.folded(tensor).isDisjointFrom(used)) continue;
    throw new ArgumentError(
      `Cannot differentiate ${of} by ${tensor}: it does not depend on this ${origin.node.op}, or a folded operation bypasses it`,
    );
  }
}

/** Those of the nodes that depend on `by`, in order, and all tensors that do. */
function between(before: readonly Node[], by: readonly Tensor[]): { nodes: Node[]; active: Set<Tensor> } {
  const active = new Set<Tensor>(by);
  const nodes: Node[] = [];
  for (const node of before) {
    if (traitsOf(node).stopsGradient) continue;
    if (!node.inputs.some((input) => input !== undefined && active.has(input))) continue;
    const outputs = node.outputs.filter(isFloat);
    if (outputs.length === 0) continue;
    nodes.push(node);
    for (const output of outputs) active.add(output);
  }
  return { nodes, active };
}

/** Sum of two gradients. A matrix product adds the other one itself. */
function sum(a: Tensor, b: Tensor): Tensor {
  for (const [product, other] of [[b, a], [a, b]]) {
    const { origin } = product;
    if (origin.kind !== "node" || !traitsOf(origin.node).addsOperand || origin.node.inputs.length !== 2) continue;
    const { inputs: [left, right], attributes } = origin.node;
    const { transA, transB, alpha } = attributes as Record<string, { int: number; float: number }>;
    const options = { transA: transA.int === 1, transB: transB.int === 1, alpha: alpha.float, c: other };
    return gemm(left!, right!, options);
  }
  return add(a, b);
}

function isFloat(tensor: Tensor): boolean {
  return tensor.dtype === "float32" || tensor.dtype === "float16";
}
