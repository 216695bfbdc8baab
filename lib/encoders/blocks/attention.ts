import type { Tensor } from "../../graph/graph.ts";
import { add, fusedMatMul, matMul, reshape, rotate, softmax, split } from "../../graph/mod.ts";
import { linear } from "./linear.ts";
import type { Layout, Network } from "./network.ts";
import type { Norm } from "./norms.ts";
import type { Angles } from "./rotary.ts";
import { headWidthOf, keyHeadsOf } from "./shape.ts";

/** How attention is computed. */
export interface AttentionOptions {
  /** Prefix of its parameters' names: `layer.3`. */
  readonly at: string;
  readonly layout: Layout;
  /** Bias of the scores, which broadcasts to `[texts, heads, length, length]`. Omit for none. */
  readonly bias?: Tensor;
  /** Whether the products have biases. @default {true} */
  readonly biases?: boolean;
  /** Whether one tensor holds the weights of queries, keys and values. @default {false} */
  readonly joined?: boolean;
  /** Normalizes queries and keys. Omit for none. */
  readonly norm?: Norm;
  /** Rotary positions. Omit for none. */
  readonly angles?: Angles;
}

/** Attention of every token to those of its text: `[rows, width]` to `[rows, width]`. */
export function attention(network: Network, x: Tensor, options: AttentionOptions): Tensor {
  const { at, layout, bias, biases, norm, angles } = options;
  const { shape } = network;
  const width = headWidthOf(shape);
  const [heads, keyHeads] = [shape.heads, keyHeadsOf(shape)];
  const counts = [heads, keyHeads, keyHeads];
  const [query, key, value] = (options.joined ? joined : apart)(network, x, { ...options, counts }).map((rows, i) => {
    const name = `${at}.attention.${NAMES[i]}_norm`;
    const padded = layout.pad(norm && i < 2 ? norm(network, rows, name) : rows, counts[i]);
    return angles && i < 2 ? rotate(padded, angles) : padded;
  });
  // Queries that share a key's head are rows of one product.
  const { texts, length } = layout;
  const shared = heads === keyHeads ? undefined : [texts, keyHeads, -1, width];
  const { scale = 1 / Math.sqrt(width) } = shape;
  const products = fusedMatMul(shared ? reshape(query, shared) : query, key, { transB: true, alpha: scale });
  const scores = shared ? reshape(products, [texts, heads, length, length]) : products;
  const weights = softmax(bias ? add(scores, bias) : scores);
  const seen = matMul(shared ? reshape(weights, [texts, keyHeads, -1, length]) : weights, value);
  const rows = layout.unpad(shared ? reshape(seen, [texts, heads, length, width]) : seen);
  return linear(network, rows, { name: `${at}.attention.out`, inputs: heads * width, bias: biases });
}

const NAMES = ["query", "key", "value"] as const;

type Parts = AttentionOptions & { readonly counts: readonly number[] };

function apart(network: Network, x: Tensor, { at, biases, counts }: Parts): Tensor[] {
  const width = headWidthOf(network.shape);
  return NAMES.map((name, i) =>
    linear(network, x, { name: `${at}.attention.${name}`, outputs: counts[i] * width, bias: biases })
  );
}

function joined(network: Network, x: Tensor, { at, biases, counts }: Parts): Tensor[] {
  const sizes = counts.map((count) => count * headWidthOf(network.shape));
  const outputs = sizes.reduce((a, b) => a + b);
  return split(linear(network, x, { name: `${at}.attention.qkv`, outputs, bias: biases }), { axis: 1, sizes });
}
