import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { Safetensors } from "./safetensors.ts";

/** Named tensors of one file or of several. */
export type Weights = Pick<Safetensors, "file" | "names" | "has" | "read" | "indices">;

/**
 * Opens a model's weights: model.safetensors, or the files that model.safetensors.index.json lists.
 *
 * @throws {KitError} if a file is missing or truncated, or lacks a tensor that the index lists.
 */
export function openWeights(folder: string): Weights {
  const whole = join(folder, "model.safetensors");
  const file = join(folder, "model.safetensors.index.json");
  const map = present(whole) ? undefined : readIndex(file);
  if (!map) return Safetensors.open(whole);
  const files = new Map<string, Safetensors>();
  const shards = new Map<string, Safetensors>();
  for (const [tensor, name] of Object.entries(map)) {
    if (typeof name !== "string" || /[\\/]/.test(name)) {
      throw new KitError(`The file of tensor "${tensor}" must be in this folder, found ${JSON.stringify(name)}`, {
        file,
      });
    }
    const shard = files.get(name) ?? Safetensors.open(join(folder, name));
    files.set(name, shard);
    if (!shard.has(tensor)) throw new KitError(`Tensor "${tensor}" is missing in ${name}`, { file });
    shards.set(tensor, shard);
  }
  const shardOf = (name: string) => {
    const shard = shards.get(name);
    if (!shard) throw new KitError(`Tensor "${name}" is missing: the index holds ${shards.size} others`, { file });
    return shard;
  };
  return {
    file,
    names: [...shards.keys()],
    has: (name) => shards.has(name),
    read: (name, shape) => shardOf(name).read(name, shape),
    indices: (name) => shardOf(name).indices(name),
  };
}

function present(file: string): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch {
    return false;
  }
}

/** Files of tensors by name; undefined without an index. */
function readIndex(file: string): Record<string, unknown> | undefined {
  if (!present(file)) return undefined;
  try {
    const { weight_map } = JSON.parse(Deno.readTextFileSync(file));
    if (typeof weight_map === "object" && weight_map !== null && !Array.isArray(weight_map)) return weight_map;
  } catch (cause) {
    throw new KitError(`Cannot read an index of weights: ${(cause as Error).message}`, { file }, { cause });
  }
  throw new KitError("weight_map must be an object of files by tensor", { file, field: "weight_map" });
}
