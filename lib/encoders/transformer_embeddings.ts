import type { Graph } from "../graph/graph.ts";
import { concat, gather, mul, reshape, split } from "../graph/mod.ts";
import type { Tensor } from "../graph/graph.ts";
import type { Dim } from "../graph/types.ts";
import { dropoutPlaces } from "./dropout.ts";
import { embed, layers, type Layout, pool, project } from "./transformer_graph.ts";
import type { TransformerParts } from "./transformer_parts.ts";

/** Name of the token table. */
export const WORD = "embeddings.word";

/** How {@link transformerEmbeddings} computes. */
export interface EmbeddingsOptions {
  /** Groups of texts that are computed one after the other. */
  readonly groups: number;
  /** Whether gradients pass. */
  readonly train: boolean;
  /** Dropout probability. */
  readonly dropout: number;
}

const same = (x: Tensor): Tensor => x;

/** Embeddings `[texts, dimension]` before normalization, computed in groups of texts of similar length. */
export function transformerEmbeddings(
  graph: Graph,
  { shape, dense }: Pick<TransformerParts, "shape" | "dense">,
  { groups, train, dropout }: EmbeddingsOptions,
): Tensor {
  const int32 = (name: string, ...shape: Dim[]) => graph.input(name, { dtype: "int32", shape });
  const word = graph.parameter(WORD, ["rows", shape.width]);
  const tokens = int32("tokens", "tokens");
  const positions = int32("positions", "tokens");
  const drop = dropout > 0 ? dropoutPlaces(graph, shape) : undefined;
  const rows = drop ? int32("dropout_rows", "tokens") : undefined;
  const x = embed({ graph, shape }, gather(word, tokens), { positions, dropout: drop?.(rows!, 0) ?? same });
  const size = (name: string, group: number) => groups === 1 ? name : `${name}.${group}`;
  const { heads, width } = shape;
  const rowsOfHeads = (x: Tensor) => reshape(x, [-1, width / heads]);
  const unpads = Array.from({ length: groups }, (_, group) => int32(`unpad.${group}`, size("tokens", group), heads));
  const sizes = unpads.map(({ shape }) => shape[0]);
  const parts = groups === 1 ? [x] : split(x, { axis: 0, sizes });
  const places = rows && groups > 1 ? split(rows, { axis: 0, sizes }) : [rows];
  const pooled = parts.map((part, group) => {
    const [texts, length] = [size("texts", group), size("length", group)];
    const padded = [texts, heads, length];
    const unpad = reshape(unpads[group], [-1]);
    const pad = reshape(int32(`pad.${group}`, ...padded), [-1]);
    const real = train ? graph.input(`real.${group}`, { shape: [...padded, 1] }) : undefined;
    const layout: Layout = {
      texts,
      length,
      bias: graph.input(`attention_bias.${group}`, { shape: [texts, 1, 1, length] }),
      // One gather of rows of heads pads the texts and moves the heads before the tokens.
      heads: (x) => reshape(gather(rowsOfHeads(x), pad, { inverse: unpad }), [...padded, width / heads]),
      // Gradients gathered into the padding must not reach the keys of real tokens.
      rows: (x) => reshape(gather(rowsOfHeads(real ? mul(x, real) : x), unpad, { inverse: pad }), part.shape),
      dropout: drop?.(places[group]!, 1) ?? same,
    };
    const weights = graph.input(`pool.${group}`, { shape: [texts, length] });
    return pool(layers({ graph, shape }, part, layout), weights, layout);
  });
  // Groups hold the texts by length: restore the given order.
  const ordered = groups === 1 ? pooled[0] : gather(concat(pooled, { axis: 0 }), int32("order", "texts"));
  return project(graph, ordered, dense);
}
