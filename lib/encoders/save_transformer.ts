import { writeFolder } from "../core/write_folder.ts";
import { join } from "node:path";
import {
  add,
  cast,
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
  sub,
  transpose,
  unsqueeze,
} from "../graph/mod.ts";
import type { Tensor } from "../graph/graph.ts";
import { architectureOf, type TransformerShape } from "./architectures/mod.ts";
import { tokenizerConfig, writeJson, writeModules } from "./folder.ts";
import { quantized, writeSafetensors } from "./write_safetensors.ts";
import type { Pooling } from "./modules.ts";
import type { TransformerParts } from "./transformer_parts.ts";
import { embed, layers, type Layout, pool, project, unit } from "./transformer_graph.ts";
import type { SaveEncoderOptions } from "./types.ts";
import { checkpoint } from "./weights.ts";

/** Writes a transformer as a folder that sentence-transformers, transformers.js and ONNX Runtime load. */
export async function saveTransformer(
  parts: TransformerParts,
  folder: string,
  options: SaveEncoderOptions = {},
): Promise<void> {
  const { shape, dense, parameters, tokenizer, config } = parts;
  await writeFolder(folder, async (path) => {
    const tensors = checkpoint(shape, parameters);
    await writeSafetensors(join(path, "model.safetensors"), options.quantize ? quantized(tensors) : tensors);
    // The weights are written as float32, whatever they were read from.
    const { torch_dtype: _, ...kept } = config;
    await writeJson(join(path, "config.json"), { ...kept, ...configOf(shape), dtype: "float32" });
    await Deno.writeTextFile(join(path, "tokenizer.json"), tokenizer.json);
    await writeJson(join(path, "tokenizer_config.json"), {
      ...tokenizerConfig(tokenizer.json, tokenizer.configJson),
      model_max_length: tokenizer.maxLength,
    });
    await writeJson(join(path, "sentence_bert_config.json"), {
      max_seq_length: tokenizer.maxLength,
      do_lower_case: tokenizer.lowerCase,
    });
    const dimension = dense.at(-1)?.outputs ?? shape.width;
    await writeModules(path, "Transformer", { ...parts, dimension }, options);
    if (options.quantize) return;
    await Deno.mkdir(join(path, "onnx"));
    const weights = Object.fromEntries([...parameters].map(([name, value]) => [name, value]));
    await saveModel(exported(parts), { path: join(path, "onnx", "model.onnx"), weights });
  }, { overwrite: options.overwrite, doing: "save the encoder" });
}

/** The fields of config.json that decide the network, in the names of its architecture. */
function configOf(shape: TransformerShape): Record<string, unknown> {
  const { architecture, activation } = shape;
  const act = activation === "gelu_tanh" ? "gelu_new" : activation;
  const common = {
    architectures: [architectureOf(architecture).className],
    model_type: architecture,
    vocab_size: shape.vocabulary,
    max_position_embeddings: shape.positions,
  };
  if (architecture === "distilbert") {
    return {
      ...common,
      dim: shape.width,
      n_layers: shape.layers,
      n_heads: shape.heads,
      hidden_dim: shape.inner,
      activation: act,
    };
  }
  return {
    ...common,
    hidden_size: shape.width,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    intermediate_size: shape.inner,
    hidden_act: act,
    layer_norm_eps: shape.epsilon,
    ...(shape.types > 0 ? { type_vocab_size: shape.types } : {}),
    ...(shape.buckets > 0 ? { relative_attention_num_buckets: shape.buckets } : {}),
    ...(shape.firstPosition > 0 ? { pad_token_id: shape.firstPosition - 1 } : {}),
  };
}

/** The network on right-padded ids, as `optimum` exports it. */
function exported({ shape, pooling, dense, normalize }: TransformerParts): Record<string, Tensor> {
  const graph = new Graph();
  const int64 = (name: string) => graph.input(name, { dtype: "int64", shape: ["batch", "sequence"] });
  const ids = int64("input_ids");
  const mask = cast(int64("attention_mask"), "float32");
  const types = shape.types > 1 ? reshape(int64("token_type_ids"), [-1]) : undefined;
  const word = graph.parameter("embeddings.word", [shape.vocabulary, shape.width]);
  const positions = reshape(positionsOf(ids, shape.firstPosition), [-1]);
  const { heads, width } = shape;
  const layout: Layout = {
    texts: "batch",
    length: "sequence",
    bias: unsqueeze(mul(sub(1, mask), -1e9), [1, 2]),
    heads: (x) => transpose(reshape(x, ["batch", "sequence", heads, width / heads]), [0, 2, 1, 3]),
    rows: (x) => reshape(transpose(x, [0, 2, 1, 3]), [-1, width]),
    dropout: (x) => x,
  };
  const rows = gather(word, reshape(ids, [-1]));
  const network = { graph, shape };
  const embedded = embed(network, rows, { positions, types, dropout: layout.dropout });
  const hidden = layers(network, embedded, layout);
  const embedding = project(graph, pool(hidden, poolWeights(graph, mask, pooling), layout), dense);
  return {
    last_hidden_state: reshape(hidden, ["batch", "sequence", width]),
    sentence_embedding: normalize ? unit(embedding) : embedding,
  };
}

/** Positions of ids; where they begin behind a padding row, a padding token takes that row and does not count. */
function positionsOf(ids: Tensor, first: number): Tensor {
  const places = range(ids.graph, "sequence");
  if (first === 0) return expand(unsqueeze(places, [0]), ["batch", "sequence"]);
  const real = cast(not(equal(ids, first - 1)), "float32");
  const upTo = cast(lessOrEqual(unsqueeze(places, [1]), unsqueeze(places, [0])), "float32");
  return cast(add(mul(matMul(real, upTo), real), first - 1), "int64");
}

function poolWeights(graph: Graph, mask: Tensor, pooling: Pooling): Tensor {
  const count = reduceSum(mask, { axes: [1], keepDims: true });
  const places = unsqueeze(range(graph, "sequence", { dtype: "float32" }), [0]);
  switch (pooling) {
    case "mean":
      return div(mask, maximum(count, 1e-9));
    case "cls":
      return cast(equal(expand(places, ["batch", "sequence"]), 0), "float32");
    case "last":
      return cast(equal(places, sub(count, 1)), "float32");
    default:
      return pooling satisfies never;
  }
}
