import { checkOptions, type OptionKinds } from "../core/options.ts";
import { basename, dirname, join } from "node:path";
import { ArgumentError } from "../core/errors.ts";
import { fixedInputs, plan } from "./plan.ts";
import { type External, serialize } from "./serialize.ts";
import type { Tensor } from "./graph.ts";
import type { Value } from "./types.ts";

/**
 * Options of {@link saveModel}.
 *
 * @category Graph
 */
export interface SaveModelOptions {
  /** File to write; its folder must exist. */
  path: string;
  /** Values of the parameters, and of other inputs to fix, by name. */
  weights: Readonly<Record<string, Value>>;
  /**
   * Size of all weights in bytes above which they go to `<path>_data` beside the model.
   *
   * @default {1.9e9}
   */
  externalAbove?: number;
}

const SAVE_MODEL_OPTIONS: OptionKinds<SaveModelOptions> = {
  path: "string",
  weights: "object",
  externalAbove: "number",
};

/**
 * Writes outputs of a graph as a plain ONNX model that runs in any ONNX Runtime, weights included. Overwrites the file.
 *
 * @throws {ArgumentError} if a parameter has no value, or a value of another shape
 *
 * @example
 * ```ts
 * import { Graph, matMul, saveModel } from "@syneg/kit/graph";
 * const graph = new Graph();
 * const y = matMul(graph.input("x", { shape: ["n", 2] }), graph.parameter("w", [2, 1]));
 * const path = await Deno.makeTempFile({ suffix: ".onnx" });
 * await saveModel({ y }, { path, weights: { w: { data: Float32Array.of(1, 1), shape: [2, 1] } } });
 * console.log((await Deno.stat(path)).isFile); // true
 * await Deno.remove(path);
 * ```
 *
 * @category Graph
 */
export async function saveModel(outputs: Record<string, Tensor>, options: SaveModelOptions): Promise<void> {
  checkOptions<SaveModelOptions>("saveModel", options, SAVE_MODEL_OPTIONS);
  const { path, externalAbove = 1.9e9 } = options;
  const planned = plan(outputs);
  const weights = fixedInputs(planned, options.weights);
  let bytes = 0;
  for (const { name, origin } of planned.inputs) {
    if (!weights.has(name) && origin.kind === "parameter") {
      throw new ArgumentError(`Cannot save the model: the parameter "${name}" has no value`);
    }
    bytes += weights.get(name)?.data.byteLength ?? 0;
  }
  if (bytes <= externalAbove) return await Deno.writeFile(path, serialize(planned, { weights }));
  const location = `${basename(path)}_data`;
  const external = await writeExternal(join(dirname(path), location), { location, weights });
  await Deno.writeFile(path, serialize(planned, { weights, external }));
}

/** Writes the weights in sequence, each aligned to 4096 bytes so that it can be memory-mapped. */
async function writeExternal(
  path: string,
  { location, weights }: { location: string; weights: ReadonlyMap<string, Value> },
): Promise<Map<string, External>> {
  const external = new Map<string, External>();
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  let offset = 0;
  for (const [name, { data }] of weights) {
    external.set(name, { location, offset });
    await file.seek(offset, Deno.SeekMode.Start);
    const view = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let done = 0; done < view.length;) done += await file.write(view.subarray(done));
    offset = Math.ceil((offset + view.length) / 4096) * 4096;
  }
  return external;
}
