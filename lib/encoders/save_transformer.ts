import { writeFolder } from "../core/write_folder.ts";
import { join } from "node:path";
import {
  add,
  cast,
  concat,
  div,
  equal,
  expand,
  gather,
  Graph,
  lessOrEqual,
  matMul,
  maximum,
  mul,
  not,
  range,
  reduceSum,
  reshape,
  saveModel,
  sqrt,
  sub,
  transpose,
  unsqueeze,
} from "../graph/mod.ts";
import type { Tensor } from "../graph/graph.ts";
import { architectureOf } from "./architectures/mod.ts";
import { project } from "./blocks/dense.ts";
import { AWAY } from "./blocks/masks.ts";
import type { Layout } from "./blocks/network.ts";
import { pool, type Pooling, weighted } from "./blocks/pooling.ts";
import { tableWidthOf } from "./blocks/shape.ts";
import { tokenizerConfig, writeJson, writeModules } from "./folder.ts";
import { finished, WORD } from "./transformer_embeddings.ts";
import { type TransformerParts, wholeDimension } from "./transformer_parts.ts";
import { quantized, writeSafetensors } from "./write_safetensors.ts";
import type { SaveEncoderOptions } from "./types.ts";
import { checkpoint } from "./weights.ts";

/** Writes a transformer as a folder that sentence-transformers, transformers.js and ONNX Runtime load. */
export async function saveTransformer(
  parts: TransformerParts,
  folder: string,
  options: SaveEncoderOptions = {},
): Promise<void> {
  const { shape, parameters, tokenizer, config } = parts;
  await writeFolder(folder, async (path) => {
    const tensors = checkpoint(shape, parameters);
    await writeSafetensors(join(path, "model.safetensors"), options.quantize ? quantized(tensors) : tensors);
    // Weights are always written as float32.
    const { torch_dtype: _, ...kept } = config;
    const { className } = architectureOf(shape.architecture);
    const named = { architectures: [className], model_type: shape.architecture };
    await writeJson(join(path, "config.json"), { ...kept, ...named, dtype: "float32" });
    await Deno.writeTextFile(join(path, "tokenizer.json"), tokenizer.json);
    await writeJson(join(path, "tokenizer_config.json"), {
      ...tokenizerConfig(tokenizer.json, tokenizer.configJson),
      model_max_length: tokenizer.maxLength,
    });
    await writeJson(join(path, "sentence_bert_config.json"), {
      max_seq_length: tokenizer.maxLength,
      do_lower_case: tokenizer.lowerCase,
    });
    await writeModules(
      path,
      "Transformer",
      { ...parts, width: shape.width, dimension: wholeDimension(parts) },
      options,
    );
    if (options.quantize) return;
    await Deno.mkdir(join(path, "onnx"));
    const weights = Object.fromEntries([...parameters].map(([name, value]) => [name, value]));
    await saveModel(exported(parts), { path: join(path, "onnx", "model.onnx"), weights });
  }, { overwrite: options.overwrite, doing: "save the encoder" });
}

/** The network on right-padded ids, as exported by `optimum`. */
function exported(parts: TransformerParts): Record<string, Tensor> {
  const { shape, poolings, dense } = parts;
  const { width } = shape;
  const graph = new Graph();
  const int64 = (name: string) => graph.input(name, { dtype: "int64", shape: ["batch", "sequence"] });
  const ids = int64("input_ids");
  const mask = cast(int64("attention_mask"), "float32");
  const types = shape.types > 1 ? reshape(int64("token_type_ids"), [-1]) : undefined;
  const word = graph.parameter(WORD, [shape.vocabulary, tableWidthOf(shape)]);
  const positions = reshape(positionsOf(ids, shape.firstPosition), [-1]);
  const dropout = (x: Tensor) => x;
  const layout: Layout = {
    texts: "batch",
    length: "sequence",
    bias: unsqueeze(mul(sub(1, mask), AWAY), [1, 2]),
    pad(x, pieces) {
      const each = x.shape[1] as number / pieces;
      return transpose(reshape(x, ["batch", "sequence", pieces, each]), [0, 2, 1, 3]);
    },
    unpad: (x) => reshape(transpose(x, [0, 2, 1, 3]), [-1, x.shape[1] as number * (x.shape[3] as number)]),
    dropout,
  };
  const network = { graph, shape };
  const architecture = architectureOf(shape.architecture);
  const embedded = architecture.embed(network, gather(word, reshape(ids, [-1])), { positions, types, dropout });
  const hidden = architecture.layers(network, embedded, layout);
  const weights = poolWeights(graph, mask, weighted(poolings));
  const embedding = project(graph, pool(network, hidden, { layout, poolings, weights }), dense);
  return {
    last_hidden_state: reshape(hidden, ["batch", "sequence", width]),
    sentence_embedding: finished(embedding, parts),
  };
}

/** Positions of ids. If they start after a padding row, a padding token takes that row and does not count. */
function positionsOf(ids: Tensor, first: number): Tensor {
  const places = range(ids.graph, "sequence");
  if (first === 0) return expand(unsqueeze(places, [0]), ["batch", "sequence"]);
  const real = cast(not(equal(ids, first - 1)), "float32");
  const upTo = cast(lessOrEqual(unsqueeze(places, [1]), unsqueeze(places, [0])), "float32");
  return cast(add(mul(matMul(real, upTo), real), first - 1), "int64");
}

/** Weights of poolings that are weighted sums: `[batch, sums, sequence]`. */
function poolWeights(graph: Graph, mask: Tensor, sums: readonly Exclude<Pooling, "max">[]): Tensor | undefined {
  if (sums.length === 0) return undefined;
  const count = reduceSum(mask, { axes: [1], keepDims: true });
  const places = unsqueeze(range(graph, "sequence", { dtype: "float32" }), [0]);
  const weights: Record<Exclude<Pooling, "max">, () => Tensor> = {
    mean: () => div(mask, maximum(count, 1e-9)),
    mean_sqrt: () => div(mask, sqrt(maximum(count, 1e-9))),
    weighted_mean: () => {
      const by = mul(mask, add(places, 1));
      return div(by, maximum(reduceSum(by, { axes: [1], keepDims: true }), 1e-9));
    },
    cls: () => cast(equal(expand(places, ["batch", "sequence"]), 0), "float32"),
    last: () => cast(equal(places, sub(count, 1)), "float32"),
  };
  return concat(sums.map((pooling) => unsqueeze(weights[pooling](), [1])), { axis: 1 });
}
