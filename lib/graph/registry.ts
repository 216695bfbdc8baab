import type { Node } from "./graph.ts";
import { ELEMENTWISE } from "./rules/elementwise.ts";
import { INDEXING } from "./rules/indexing.ts";
import { LAYOUT } from "./rules/layout.ts";
import { MATMUL } from "./rules/matmul.ts";
import { NORMALIZATION } from "./rules/normalization.ts";
import { REDUCE } from "./rules/reduce.ts";
import { ROTATION } from "./rules/rotation.ts";
import type { Rule } from "./rules/rule.ts";

/**
 * Traits of an operation. Most have a gradient and no other trait.
 *
 * @category Graph
 */
export interface Operation {
  /** Its name in ONNX, or that of a pseudo-operation. */
  readonly name: string;
  /** What it computes, in a few words. */
  readonly about: string;
  /** Its gradient rule; undefined for an operation without a derivative, such as a comparison. */
  readonly gradient?: Rule;
  /** Number of inputs that the node reads; further ones are for the gradient or the session. Omit for all. */
  readonly computes?: number;
  /** Its output is its first input: a pseudo-operation that becomes no ONNX node. */
  readonly passes?: boolean;
  /** Gradients stop at it. */
  readonly stopsGradient?: boolean;
  /** It is the size of a named dimension. */
  readonly isSize?: boolean;
  /** It adds rows at indices, which a session can do faster itself. */
  readonly addsRows?: boolean;
  /** Only gradients read the outputs after its first one. */
  readonly optionalOutputs?: boolean;
  /** It can add another tensor to its result. */
  readonly addsOperand?: boolean;
}

function operation(name: string, about: string, traits: Omit<Operation, "name" | "about"> = {}): Operation {
  return { name, about, ...traits };
}

/** Every operation that builders and gradient rules append. A new one is a builder, a gradient rule, and one line. */
const ALL: readonly Operation[] = [
  operation("Add", "a + b", { gradient: ELEMENTWISE.Add }),
  operation("Sub", "a - b", { gradient: ELEMENTWISE.Sub }),
  operation("Mul", "a * b", { gradient: ELEMENTWISE.Mul }),
  operation("Div", "a / b", { gradient: ELEMENTWISE.Div }),
  operation("Pow", "a to the power of b", { gradient: ELEMENTWISE.Pow }),
  operation("Min", "the smaller of a and b", { gradient: ELEMENTWISE.Min }),
  operation("Max", "the larger of a and b", { gradient: ELEMENTWISE.Max }),
  operation("Where", "a where the condition holds, b elsewhere", { gradient: ELEMENTWISE.Where }),
  operation("Neg", "-x", { gradient: ELEMENTWISE.Neg }),
  operation("Abs", "|x|", { gradient: ELEMENTWISE.Abs }),
  operation("Sqrt", "square root", { gradient: ELEMENTWISE.Sqrt }),
  operation("Exp", "exponential", { gradient: ELEMENTWISE.Exp }),
  operation("Log", "natural logarithm", { gradient: ELEMENTWISE.Log }),
  operation("Erf", "error function", { gradient: ELEMENTWISE.Erf }),
  operation("Tanh", "hyperbolic tangent", { gradient: ELEMENTWISE.Tanh }),
  operation("Gelu", "x times the normal distribution function", { gradient: ELEMENTWISE.Gelu }),
  operation("FastGelu", "GELU by tanh", { gradient: ELEMENTWISE.FastGelu }),
  operation("QuickGelu", "x times the logistic function of it", { gradient: ELEMENTWISE.QuickGelu }),
  operation("Sin", "sine", { gradient: ELEMENTWISE.Sin }),
  operation("Cos", "cosine", { gradient: ELEMENTWISE.Cos }),
  operation("RotaryEmbedding", "vectors turned by their positions", { gradient: ROTATION.RotaryEmbedding }),
  operation("Relu", "x above 0, else 0", { gradient: ELEMENTWISE.Relu }),
  operation("Sigmoid", "logistic function", { gradient: ELEMENTWISE.Sigmoid }),
  operation("Softplus", "log(1 + exp x)", { gradient: ELEMENTWISE.Softplus }),
  operation("Clip", "x within bounds", { gradient: ELEMENTWISE.Clip }),
  operation("Cast", "x as another type", { gradient: ELEMENTWISE.Cast }),
  operation("Softmax", "softmax over the last axis", { gradient: NORMALIZATION.Softmax }),
  operation("LogSoftmax", "logarithm of the softmax", { gradient: NORMALIZATION.LogSoftmax }),
  operation("LayerNormalization", "layer normalization over the last axis", {
    gradient: NORMALIZATION.LayerNormalization,
    optionalOutputs: true,
  }),
  operation("SimplifiedLayerNormalization", "normalization by the root of the mean square", {
    gradient: NORMALIZATION.SimplifiedLayerNormalization,
    optionalOutputs: true,
  }),
  operation("ReduceSum", "sum over axes", { gradient: REDUCE.ReduceSum }),
  operation("ReduceMean", "mean over axes", { gradient: REDUCE.ReduceMean }),
  operation("ReduceMax", "maximum over axes", { gradient: REDUCE.ReduceMax }),
  operation("ReduceLogSumExp", "log of the sum of exponentials over axes", { gradient: REDUCE.ReduceLogSumExp }),
  operation("Reshape", "the same elements in another shape", { gradient: LAYOUT.Reshape }),
  operation("Transpose", "axes in another order", { gradient: LAYOUT.Transpose }),
  operation("Concat", "tensors joined along an axis", { gradient: LAYOUT.Concat }),
  operation("Split", "parts along an axis", { gradient: LAYOUT.Split }),
  operation("Slice", "a range along axes", { gradient: LAYOUT.Slice }),
  operation("Expand", "broadcast to a shape", { gradient: LAYOUT.Expand }),
  operation("Gather", "rows by index", { gradient: INDEXING.Gather, computes: 2 }),
  operation("GatherElements", "elements by index along an axis", { gradient: INDEXING.GatherElements }),
  operation("TopK", "largest elements along an axis, with their indices", { gradient: INDEXING.TopK }),
  operation("ScatterElements", "elements written or added by index", { gradient: INDEXING.ScatterElements }),
  operation("ScatterND", "rows written or added by index", { gradient: INDEXING.ScatterND }),
  operation("MatMul", "matrix product, with batch axes", { gradient: MATMUL.MatMul }),
  operation("Gemm", "product of two matrices, plus an optional operand", { gradient: MATMUL.Gemm, addsOperand: true }),
  operation("FusedMatMul", "matrix product with transposes and a factor (ONNX Runtime)", {
    gradient: MATMUL.FusedMatMul,
  }),
  operation("AddRows", "rows added at indices, if possible by the session", {
    computes: 1,
    passes: true,
    addsRows: true,
  }),
  operation("StopGradient", "x, as a constant for gradients", { passes: true, stopsGradient: true }),
  operation("Dim", "size of a named dimension", { isSize: true }),
  operation("And", "logical and"),
  operation("Or", "logical or"),
  operation("Not", "logical not"),
  operation("Equal", "a = b"),
  operation("Greater", "a > b"),
  operation("GreaterOrEqual", "a >= b"),
  operation("Less", "a < b"),
  operation("LessOrEqual", "a <= b"),
  operation("ArgMax", "index of the maximum along an axis"),
  operation("Range", "numbers from a start to a limit"),
  operation("Shape", "sizes of the axes"),
  operation("Sign", "sign of x"),
  operation("GatherND", "slices by index"),
  operation("Pad", "zeros around"),
];

/**
 * Every operation by name, with its gradient and traits.
 *
 * @category Graph
 */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(ALL.map((one) => [one.name, one]));

/** Traits of a node's operation; none for an unknown operation. */
export function traitsOf({ op }: Pick<Node, "op">): Partial<Operation> {
  return OPERATIONS.get(op) ?? {};
}
