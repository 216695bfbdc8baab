import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { type Hasher, hasher } from "../core/hash.ts";
import { random } from "../core/random.ts";
import { Graph } from "../graph/mod.ts";
import { type Architecture, architectureOf } from "./architectures/mod.ts";
import type { TransformerShape } from "./blocks/shape.ts";
import { Safetensors } from "./safetensors.ts";
import { openWeights } from "./shards.ts";
import type { Settings } from "./settings.ts";
import { type GraphParts, transformerEmbeddings, WORD } from "./transformer_embeddings.ts";
import type { Parameter } from "./types.ts";
import type { NewTensor } from "./write_safetensors.ts";

/** Names and shapes of a transformer's parameters, in the order in which its graph declares them. */
export function parameterShapes(parts: GraphParts): Map<string, readonly number[]> {
  const graph = new Graph();
  transformerEmbeddings(graph, parts, { groups: 1, train: false, dropout: 0 });
  return new Map(
    [...graph.parameters].map(([name, { shape }]) => [
      name,
      name === WORD ? [parts.shape.vocabulary, shape[1] as number] : shape as readonly number[],
    ]),
  );
}

/** A parameter with its flags for decay and sparse updates. */
export function parameter(name: string, shape: readonly number[], data: Float32Array): Parameter {
  const sparse = name === WORD;
  return { name, shape, data, sparse, decay: !sparse && !name.endsWith(".bias") && !name.includes("norm.") };
}

/** Random parameters: N(0, 0.02) for matrices, 1 and 0 for normalization and biases (BERT's initialization). */
export function randomParameters(shapes: ReadonlyMap<string, readonly number[]>, seed: number): Map<string, Parameter> {
  const parameters = new Map<string, Parameter>();
  for (const [name, shape] of shapes) {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    const draw = random(seed).fork(name);
    if (name.endsWith("norm.weight")) data.fill(1);
    else if (!name.endsWith(".bias")) { for (let i = 0; i < data.length; i++) data[i] = 0.02 * draw.normal(); }
    parameters.set(name, parameter(name, shape, data));
  }
  return parameters;
}

/**
 * Reads a transformer's parameters from model.safetensors or its shards, and those of its Dense modules.
 *
 * @throws {KitError} if a tensor is missing, is not finite, or does not have the shape that config.json implies.
 */
export function readParameters(folder: string, settings: NetworkSettings): Map<string, Parameter> {
  const shape = settings.shape!;
  const architecture = architectureOf(shape.architecture);
  const weights = openWeights(settings.folder);
  const word = tensorName(architecture, WORD);
  const prefix = architecture.prefixes.find((p) => weights.has(p + word));
  if (prefix === undefined) {
    throw new KitError(`Tensor "${word}" is missing: the file holds ${weights.names.length} others`, {
      file: weights.file,
    });
  }
  const parameters = new Map<string, Parameter>();
  const shapes = parameterShapes({ ...settings, shape });
  for (const [name, size] of shapes) {
    if (name.startsWith("dense.")) continue;
    const wanted = prefix + tensorName(architecture, name);
    // Checkpoints from TensorFlow, such as bert-base-uncased, use older names for normalization weights.
    const old = wanted.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
    const { data } = weights.read(!weights.has(wanted) && weights.has(old) ? old : wanted, size);
    parameters.set(name, parameter(name, size, data));
  }
  settings.dense.forEach(({ folder: part }, i) => {
    const file = Safetensors.open(join(folder, part, "model.safetensors"));
    for (const kind of ["weight", "bias"]) {
      const size = shapes.get(`dense.${i}.${kind}`);
      if (!size) continue;
      parameters.set(
        `dense.${i}.${kind}`,
        parameter(`dense.${i}.${kind}`, size, file.read(`linear.${kind}`, size).data),
      );
    }
  });
  return parameters;
}

/** A transformer's parameters under their names in transformers, without Dense modules. */
export function checkpoint(
  shape: TransformerShape,
  parameters: ReadonlyMap<string, Parameter>,
): Map<string, NewTensor> {
  const architecture = architectureOf(shape.architecture);
  const tensors = new Map<string, NewTensor>();
  for (const [name, { shape: size, data }] of parameters) {
    if (!name.startsWith("dense.")) tensors.set(tensorName(architecture, name), { shape: size, data });
  }
  return tensors;
}

/** Name of a parameter in checkpoints of its architecture. */
export function tensorName({ tensors }: Architecture, name: string): string {
  const [, layer] = /^layer\.(\d+)\./.exec(name) ?? [];
  if (layer === undefined) return tensors[name];
  return tensors[name.replace(/^layer\.\d+/, "layer.{i}")].replace("{i}", layer);
}

/** What decides which tensors are read, and from where. */
type NetworkSettings = Pick<Settings, "folder" | "shape" | "poolings" | "dense">;

/** sha256 of all parameters, with their names and shapes. */
export function weightsDigest(parameters: ReadonlyMap<string, Parameter>): string {
  const hash: Hasher = hasher();
  for (const { name, shape, data } of parameters.values()) {
    hash.update(`${name} [${shape}]`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest();
}
