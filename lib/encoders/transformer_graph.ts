import type { Graph } from "../graph/graph.ts";
import {
  add,
  div,
  fusedMatMul,
  gather,
  gelu,
  gemm,
  layerNormalization,
  matMul,
  maximum,
  mul,
  range,
  reduceSum,
  relu,
  reshape,
  slice,
  softmax,
  sqrt,
  sub,
  tanh,
  transpose,
  unsqueeze,
} from "../graph/mod.ts";
import type { Tensor } from "../graph/graph.ts";
import type { Dim } from "../graph/types.ts";
import { relativeBucket, type TransformerShape } from "./architectures/mod.ts";
import type { DenseSettings } from "./modules.ts";

/** A network under construction. */
export interface Network {
  readonly graph: Graph;
  readonly shape: TransformerShape;
}

/** How tokens lie in memory, and how they get into the padded form that attention needs. */
export interface Layout {
  readonly texts: Dim;
  readonly length: Dim;
  /** `[rows, width]` to `[texts, heads, length, width / heads]`. */
  heads(x: Tensor): Tensor;
  /** `[texts, heads, length, width / heads]` to `[rows, width]`. */
  rows(x: Tensor): Tensor;
  /** Bias of attention's scores, `[texts, 1, 1, length]`: 0 for real keys, far below 0 for padding. Omit if all are real. */
  readonly bias?: Tensor;
  /** Drops values in training, at one place of the network. */
  dropout(x: Tensor): Tensor;
}

/** Position and type of each row, `[rows]` of int32 or int64. */
export interface Places {
  readonly positions: Tensor;
  /** Token types. Omit if all are 0. */
  readonly types?: Tensor;
}

/** Rows of the token table plus their positions, normalized, `[rows, width]`. */
export function embed({ graph, shape }: Network, words: Tensor, places: Places & Pick<Layout, "dropout">): Tensor {
  const { width } = shape;
  // The gradient of a table is cheap if the gather reads the parameter itself, so the type's row is added separately.
  let x = add(words, gather(graph.parameter("embeddings.position", [shape.positions, width]), places.positions));
  if (shape.types > 0) {
    const types = graph.parameter("embeddings.type", [shape.types, width]);
    x = add(x, places.types ? gather(types, places.types) : slice(types, { axis: 0, start: 0, end: 1 }));
  }
  return places.dropout(normalized({ graph, shape }, "embeddings.norm", x));
}

/** All layers: `[rows, width]` to `[rows, width]`. */
export function layers(network: Network, x: Tensor, layout: Layout): Tensor {
  const { shape } = network;
  const bias = attentionBias(network, layout);
  for (let i = 0; i < shape.layers; i++) {
    const at = `layer.${i}`;
    const attended = attention(network, x, { at, layout, bias });
    x = normalized(network, `${at}.attention.norm`, add(x, layout.dropout(attended)));
    const inner = activate(linear(network, x, { name: `${at}.ffn.in`, outputs: shape.inner }), shape);
    const out = linear(network, inner, { name: `${at}.ffn.out`, inputs: shape.inner });
    x = normalized(network, `${at}.ffn.norm`, add(x, layout.dropout(out)));
  }
  return x;
}

/** Weighted sums of the token vectors of each text, weights `[texts, length]`: `[texts, width]`. */
export function pool(x: Tensor, weights: Tensor, layout: Layout): Tensor {
  const sums = matMul(unsqueeze(weights, [1, 2]), layout.heads(x)); // [texts, heads, 1, width / heads]
  return reshape(sums, [layout.texts, x.shape[1]]);
}

/** Linear layers behind the pooling. */
export function project(graph: Graph, x: Tensor, dense: readonly DenseSettings[]): Tensor {
  dense.forEach(({ inputs, outputs, bias, activation }, i) => {
    const weight = graph.parameter(`dense.${i}.weight`, [outputs, inputs]);
    x = gemm(x, weight, { transB: true, c: bias ? graph.parameter(`dense.${i}.bias`, [outputs]) : undefined });
    if (activation === "tanh") x = tanh(x);
  });
  return x;
}

/** Rows brought to length 1; a row of zeros stays. */
export function unit(x: Tensor): Tensor {
  return div(x, sqrt(maximum(reduceSum(mul(x, x), { axes: [-1], keepDims: true }), 1e-24)));
}

/** A linear layer; as wide as the network unless it says otherwise. */
function linear(
  { graph, shape: { width } }: Network,
  x: Tensor,
  { name, inputs = width, outputs = width }: { name: string; inputs?: number; outputs?: number },
): Tensor {
  const weight = graph.parameter(`${name}.weight`, [outputs, inputs]);
  return gemm(x, weight, { transB: true, c: graph.parameter(`${name}.bias`, [outputs]) });
}

function normalized({ graph, shape }: Network, name: string, x: Tensor): Tensor {
  return layerNormalization(x, {
    scale: graph.parameter(`${name}.weight`, [shape.width]),
    bias: graph.parameter(`${name}.bias`, [shape.width]),
    epsilon: shape.epsilon,
  });
}

function activate(x: Tensor, { activation }: TransformerShape): Tensor {
  switch (activation) {
    case "gelu":
      return gelu(x);
    case "relu":
      return relu(x);
    case "gelu_tanh": {
      const cubic = mul(x, add(mul(mul(x, x), 0.044715), 1));
      return mul(mul(x, 0.5), add(tanh(mul(cubic, Math.sqrt(2 / Math.PI))), 1));
    }
    default:
      return activation satisfies never;
  }
}

function attention(
  network: Network,
  x: Tensor,
  { at, layout, bias }: { at: string; layout: Layout; bias: Tensor | undefined },
): Tensor {
  const { width, heads } = network.shape;
  const project = (name: string) => layout.heads(linear(network, x, { name: `${at}.attention.${name}` }));
  const [query, key, value] = ["query", "key", "value"].map(project);
  const scores = fusedMatMul(query, key, { transB: true, alpha: 1 / Math.sqrt(width / heads) });
  const weights = softmax(bias ? add(scores, bias) : scores);
  return linear(network, layout.rows(matMul(weights, value)), { name: `${at}.attention.out` });
}

/** Bias of attention's scores in all layers: the mask of padding and relative positions. */
function attentionBias({ graph, shape }: Network, layout: Layout): Tensor | undefined {
  if (shape.buckets === 0) return layout.bias;
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
