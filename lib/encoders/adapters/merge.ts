import type { TransformerParts } from "../transformer_parts.ts";
import type { Parameter } from "../types.ts";

/** Parameters with the adapter added to the matrices, without its own; the same ones if there is no adapter. */
export function mergedParameters(
  { parameters, adapter }: Pick<TransformerParts, "parameters" | "adapter">,
): Map<string, Parameter> {
  if (!adapter) return parameters;
  const merged = new Map<string, Parameter>();
  for (const [name, each] of parameters) {
    if (/\.lora_[AB]$/.test(name)) continue;
    const { frozen: _, ...rest } = each;
    merged.set(name, rest);
  }
  for (const name of adapter.names) {
    const weight = merged.get(`${name}.weight`)!;
    const [outputs, inputs] = weight.shape;
    const [first, second] = ["A", "B"].map((side) => parameters.get(`${name}.lora_${side}`)!.data);
    const data = weight.data.slice();
    for (let i = 0; i < outputs; i++) {
      for (let k = 0; k < adapter.rank; k++) {
        const factor = adapter.scale * second[i * adapter.rank + k];
        if (factor === 0) continue;
        for (let j = 0; j < inputs; j++) data[i * inputs + j] += factor * first[k * inputs + j];
      }
    }
    merged.set(`${name}.weight`, { ...weight, data });
  }
  return merged;
}
