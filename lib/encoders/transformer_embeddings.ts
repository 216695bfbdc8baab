import type { Graph } from "../graph/graph.ts";
import { concat, gather, mul, reshape, slice, split } from "../graph/mod.ts";
import type { Tensor } from "../graph/graph.ts";
import type { Dim } from "../graph/types.ts";
import { architectureOf } from "./architectures/mod.ts";
import { project } from "./blocks/dense.ts";
import type { Layout, Network } from "./blocks/network.ts";
import { pool, weighted } from "./blocks/pooling.ts";
import { tableWidthOf, widestInput } from "./blocks/shape.ts";
import { unit } from "./blocks/unit.ts";
import { dropoutPlaces } from "./dropout.ts";
import type { TransformerParts } from "./transformer_parts.ts";

/** Name of the token table. */
export const WORD = "embeddings.word";

/** Options of {@link transformerEmbeddings}. */
export interface EmbeddingsOptions {
  /** Groups of texts to compute in sequence. */
  readonly groups: number;
  /** Whether gradients are needed. */
  readonly train: boolean;
  /** Dropout probability. */
  readonly dropout: number;
  /** Whether tokens have types. @default {false} */
  readonly types?: boolean;
}

/** Parts that determine the graph. */
export type GraphParts = Pick<TransformerParts, "shape" | "poolings" | "dense" | "adapter">;

const same = (x: Tensor): Tensor => x;

/** Embeddings `[texts, dimension]` before normalization, computed in groups of texts of similar length. */
export function transformerEmbeddings(
  graph: Graph,
  { shape, poolings, dense, adapter }: GraphParts,
  { groups, train, dropout, types }: EmbeddingsOptions,
): Tensor {
  const int32 = (name: string, ...shape: Dim[]) => graph.input(name, { dtype: "int32", shape });
  const architecture = architectureOf(shape.architecture);
  const network = { graph, shape };
  const word = graph.parameter(WORD, ["rows", tableWidthOf(shape)]);
  const tokens = int32("tokens", "tokens");
  const positions = int32("positions", "tokens");
  const drop = dropout > 0
    ? dropoutPlaces(graph, { name: "dropout", width: shape.width, places: 1 + 2 * shape.layers })
    : undefined;
  const adapterDrop = train && adapter && adapter.dropout > 0
    ? dropoutPlaces(graph, { name: "adapter_dropout", width: widestInput(shape), places: adapter.names.length })
    : undefined;
  const rows = drop || adapterDrop ? int32("dropout_rows", "tokens") : undefined;
  const x = architecture.embed(network, gather(word, tokens), {
    positions,
    types: types ? int32("types", "tokens") : undefined,
    dropout: drop?.(rows!, 0) ?? same,
  });
  const size = (name: string, group: number) => groups === 1 ? name : `${name}.${group}`;
  const sizes = Array.from({ length: groups }, (_, group) => size("tokens", group));
  // Their inputs name the sizes, so they are declared before the tokens are split.
  const paddings = sizes.map((tokens, group) =>
    padding(network, { group, texts: size("texts", group), length: size("length", group), tokens, train })
  );
  const parts = groups === 1 ? [x] : split(x, { axis: 0, sizes });
  const places = rows && groups > 1 ? split(rows, { axis: 0, sizes }) : [rows];
  const pooled = parts.map((part, group) => {
    const layout: Layout = { ...paddings[group], dropout: drop?.(places[group]!, 1) ?? same };
    const { texts, length } = layout;
    const sums = weighted(poolings).length;
    const weights = sums > 0 ? graph.input(`pool.${group}`, { shape: [texts, sums, length] }) : undefined;
    const adapted = { ...network, adapter, adapterDropout: adapterDrop?.(places[group]!, 0) };
    return pool(network, architecture.layers(adapted, part, layout), { layout, poolings, weights });
  });
  // Groups are sorted by length: restore the given order.
  const ordered = groups === 1 ? pooled[0] : gather(concat(pooled, { axis: 0 }), int32("order", "texts"));
  return project(graph, ordered, dense);
}

/** Truncation and normalization after the linear layers. */
export function finished(
  x: Tensor,
  { normalize, truncateDim }: Pick<TransformerParts, "normalize" | "truncateDim">,
): Tensor {
  const whole = normalize ? unit(x) : x;
  return truncateDim === undefined ? whole : slice(whole, { axis: 1, start: 0, end: truncateDim });
}

/** Pads the packed tokens of a group, and packs them again, by fed indices. */
function padding(
  { graph, shape }: Network,
  { group, texts, length, tokens, train }: { group: number; texts: Dim; length: Dim; tokens: Dim; train: boolean },
): Omit<Layout, "dropout"> {
  const indices = (pieces: number) => {
    const input = (name: string, dtype: "int32" | "float32", shape: Dim[]) => {
      const full = `${name}_${pieces}.${group}`;
      return graph.inputs.get(full) ?? graph.input(full, { dtype, shape });
    };
    const padded = [texts, pieces, length];
    return {
      pad: reshape(input("pad", "int32", padded), [-1]),
      unpad: reshape(input("unpad", "int32", [tokens, pieces]), [-1]),
      real: train ? input("real", "float32", [...padded, 1]) : undefined,
    };
  };
  indices(shape.heads);
  return {
    texts,
    length,
    bias: graph.input(`attention_bias.${group}`, { shape: [texts, 1, 1, length] }),
    // One gather of pieces pads the texts and moves the heads before the tokens.
    pad(x, pieces) {
      const width = x.shape[1] as number / pieces;
      const { pad, unpad } = indices(pieces);
      return reshape(gather(reshape(x, [-1, width]), pad, { inverse: unpad }), [texts, pieces, length, width]);
    },
    // Gradients gathered into the padding must not reach the keys of real tokens.
    unpad(x) {
      const [, pieces, , width] = x.shape as [Dim, number, Dim, number];
      const { pad, unpad, real } = indices(pieces);
      const rows = reshape(real ? mul(x, real) : x, [-1, width]);
      return reshape(gather(rows, unpad, { inverse: pad }), [tokens, pieces * width]);
    },
  };
}
