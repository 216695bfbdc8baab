import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { type Hasher, hasher } from "../core/hash.ts";
import { random } from "../core/random.ts";
import { type Architecture, architectureOf, type TransformerShape } from "./architectures/mod.ts";
import { Safetensors } from "./safetensors.ts";
import { openWeights } from "./shards.ts";
import type { DenseSettings } from "./modules.ts";
import type { Settings } from "./settings.ts";
import type { Parameter } from "./types.ts";
import type { NewTensor } from "./write_safetensors.ts";

/** Names and shapes of a transformer's parameters, in a fixed order. */
export function parameterShapes(
  shape: TransformerShape,
  dense: readonly DenseSettings[],
): Map<string, readonly number[]> {
  const { width, inner } = shape;
  const shapes = new Map<string, readonly number[]>([
    ["embeddings.word", [shape.vocabulary, width]],
    ["embeddings.position", [shape.positions, width]],
  ]);
  if (shape.types > 0) shapes.set("embeddings.type", [shape.types, width]);
  const norm = (name: string) => shapes.set(`${name}.weight`, [width]).set(`${name}.bias`, [width]);
  const linear = (name: string, inputs: number, outputs: number) =>
    shapes.set(`${name}.weight`, [outputs, inputs]).set(`${name}.bias`, [outputs]);
  norm("embeddings.norm");
  if (shape.buckets > 0) shapes.set("relative_bias", [shape.buckets, shape.heads]);
  for (let i = 0; i < shape.layers; i++) {
    for (const part of ["query", "key", "value", "out"]) linear(`layer.${i}.attention.${part}`, width, width);
    norm(`layer.${i}.attention.norm`);
    linear(`layer.${i}.ffn.in`, width, inner);
    linear(`layer.${i}.ffn.out`, inner, width);
    norm(`layer.${i}.ffn.norm`);
  }
  dense.forEach(({ inputs, outputs, bias }, i) => {
    shapes.set(`dense.${i}.weight`, [outputs, inputs]);
    if (bias) shapes.set(`dense.${i}.bias`, [outputs]);
  });
  return shapes;
}

/** A parameter with its flags for decay and sparse updates. */
export function parameter(name: string, shape: readonly number[], data: Float32Array): Parameter {
  const sparse = name === "embeddings.word";
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
 * Reads a transformer's parameters from model.safetensors or its parts, and those of its Dense modules.
 *
 * @throws {KitError} naming the tensor that is missing, has another shape than config.json says, or is not finite.
 */
export function readParameters(folder: string, settings: Settings): Map<string, Parameter> {
  const shape = settings.shape!;
  const architecture = architectureOf(shape.architecture);
  const weights = openWeights(settings.folder);
  const word = architecture.outer["embeddings.word"];
  const prefix = architecture.prefixes.find((p) => weights.has(p + word));
  if (prefix === undefined) {
    throw new KitError(`Tensor "${word}" is missing: the file holds ${weights.names.length} others`, {
      file: weights.file,
    });
  }
  const parameters = new Map<string, Parameter>();
  const shapes = parameterShapes(shape, settings.dense);
  for (const [name, size] of shapes) {
    if (name.startsWith("dense.")) continue;
    const wanted = prefix + tensorName(architecture, name);
    // Checkpoints from TensorFlow, such as bert-base-uncased, have older names for the normalization's weights.
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

/** A transformer's parameters under the names that transformers reads, without Dense modules. */
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

function tensorName(architecture: Architecture, name: string): string {
  const match = /^layer\.(\d+)\.(.+)$/.exec(name);
  return match ? architecture.layer[match[2]].replace("{i}", match[1]) : architecture.outer[name];
}

/** sha256 of all parameters, with their names and shapes. */
export function weightsDigest(parameters: ReadonlyMap<string, Parameter>): string {
  const hash: Hasher = hasher();
  for (const { name, shape, data } of parameters.values()) {
    hash.update(`${name} [${shape}]`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest();
}
