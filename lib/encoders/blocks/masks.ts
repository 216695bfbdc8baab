import type { Tensor } from "../../graph/graph.ts";
import { abs, add, and, gather, lessOrEqual, range, sub, transpose, unsqueeze, where } from "../../graph/mod.ts";
import type { Layout, Network } from "./network.ts";
import { relativeBucket } from "./relative_bucket.ts";

/** Added to the score of a key that is not to be seen, so that its weight becomes 0. */
export const AWAY = -1e9;

/** Which keys a query sees. */
export interface Sight {
  /** Only itself and those before it. */
  readonly causal?: boolean;
  /** Only those at most this far from it. */
  readonly window?: number;
}

/** Bias of attention's scores by where keys are: 0 where a query sees them. Undefined if it sees all that are real. */
export function sightBias({ graph }: Network, layout: Layout, { causal, window }: Sight): Tensor | undefined {
  if (!causal && window === undefined) return layout.bias;
  const at = range(graph, layout.length, { dtype: "float32" });
  const distance = sub(unsqueeze(at, [0]), unsqueeze(at, [1]));
  const rules: Tensor[] = [];
  if (causal) rules.push(lessOrEqual(distance, 0));
  if (window !== undefined) rules.push(lessOrEqual(abs(distance), window));
  const seen = rules.reduce((a, b) => and(a, b));
  const bias = unsqueeze(where(seen, graph.constant(0), graph.constant(AWAY)), [0, 1]);
  return layout.bias ? add(bias, layout.bias) : bias;
}

/** Bias of attention's scores by the bucket of the distance (T5, as MPNet uses it), learned for each head. */
export function relativeBias({ graph, shape }: Network, layout: Layout): Tensor {
  const { positions, buckets, heads } = shape;
  // Bucket of every distance from -(positions - 1) to positions - 1.
  const known = Int32Array.from({ length: 2 * positions - 1 }, (_, i) => relativeBucket(i - positions + 1, buckets));
  const at = range(graph, layout.length, { dtype: "int32" });
  const distance = add(sub(unsqueeze(at, [0]), unsqueeze(at, [1])), positions - 1);
  const table = graph.parameter("relative_bias", [buckets, heads]);
  const byDistance = gather(table, graph.constant(known)); // [distances, heads]
  const relative = unsqueeze(transpose(gather(byDistance, distance), [2, 0, 1]), [0]);
  return layout.bias ? add(relative, layout.bias) : relative;
}
