/**
 * A small graph language on ONNX Runtime: symbolic tensors, operations, gradients and sessions.
 *
 * @module
 */
// `Value` of a table is another thing, so a tensor's is exported as `TensorValue`.
export type {
  Attribute,
  Attributes as NodeAttributes,
  Dim,
  DType,
  Feeds,
  Numbers,
  Value as TensorValue,
} from "./types.ts";
export { Graph, type Node, type Origin, type OutputType, Tensor } from "./graph.ts";
export type { ConstantValue } from "./constants.ts";
export * from "./operations/arithmetic.ts";
export * from "./operations/bounds.ts";
export * from "./operations/activations.ts";
export * from "./operations/comparisons.ts";
export * from "./operations/logic.ts";
export * from "./operations/matmul.ts";
export * from "./operations/normalization.ts";
export * from "./operations/rotation.ts";
export * from "./operations/reduce.ts";
export * from "./operations/reshape.ts";
export * from "./operations/layout.ts";
export * from "./operations/cast.ts";
export * from "./operations/dimension.ts";
export * from "./operations/gather.ts";
export * from "./operations/scatter.ts";
export * from "./operations/order.ts";
export * from "./operations/range.ts";
export * from "./operations/stop_gradient.ts";
export type { Operand } from "./operations/operands.ts";
export * from "./gradients.ts";
export { type Operation, OPERATIONS } from "./registry.ts";
export type { Rule } from "./rules/rule.ts";
export * from "./compile.ts";
export { Session } from "./session.ts";
export * from "./save_model.ts";
