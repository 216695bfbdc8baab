import type { Node } from "../graph.ts";

/** What the engine must know about an operation beside its gradient. Most operations have none of these. */
export interface Traits {
  /** Number of inputs that the node computes with; further ones are for the gradient or the session. Omit for all. */
  readonly computes?: number;
  /** Its output is its first input: a pseudo-operation that leaves no node behind. */
  readonly passes?: boolean;
  /** No gradient passes it. */
  readonly stopsGradient?: boolean;
  /** It stands for the size of a named dimension. */
  readonly isSize?: boolean;
  /** It adds rows at indices, which a session can do itself. */
  readonly addsRows?: boolean;
  /** Only gradients read the outputs behind its first one. */
  readonly optionalOutputs?: boolean;
  /** It can add another tensor to its result. */
  readonly addsOperand?: boolean;
}

/** Traits by operation. */
const TRAITS: Readonly<Record<string, Traits>> = {
  Gather: { computes: 2 },
  AddRows: { computes: 1, passes: true, addsRows: true },
  StopGradient: { passes: true, stopsGradient: true },
  Dim: { isSize: true },
  LayerNormalization: { optionalOutputs: true },
  Gemm: { addsOperand: true },
};

const NONE: Traits = {};

/** Traits of a node's operation. */
export function traitsOf({ op }: Pick<Node, "op">): Traits {
  return Object.hasOwn(TRAITS, op) ? TRAITS[op] : NONE;
}
