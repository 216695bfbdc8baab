import { ArgumentError } from "../../core/errors.ts";
import { suggestion } from "../../core/nearest.ts";
import { checkOptions } from "../../core/options.ts";
import { random } from "../../core/random.ts";
import { architectureOf } from "../architectures/mod.ts";
import type { Adapter } from "../blocks/network.ts";
import type { TransformerParts } from "../transformer_parts.ts";
import type { Parameter } from "../types.ts";
import { LORA_OPTIONS, type LoraOptions } from "./lora_options.ts";
import { parameter, tensorName } from "../weights.ts";

/** An adapter as an encoder has it, with its parameters. */
export interface AdapterParts {
  readonly adapter: Adapter;
  readonly parameters: readonly Parameter[];
}

/**
 * A new adapter for an encoder, which changes nothing yet.
 *
 * @throws {ArgumentError} if an option is outside its domain, or a target fits no matrix.
 */
export function newAdapter(parts: Pick<TransformerParts, "shape" | "parameters">, options: LoraOptions): AdapterParts {
  checkOptions<LoraOptions>("lora", options, LORA_OPTIONS);
  const { rank = 8, alpha = 2 * rank, dropout = 0, targets = ["all-linear"], seed = 0 } = options;
  demand("rank", rank, "an integer >= 1", Number.isInteger(rank) && rank >= 1);
  demand("alpha", alpha, "a number > 0", alpha > 0 && Number.isFinite(alpha));
  demand("dropout", dropout, "a number >= 0 and < 1", dropout >= 0 && dropout < 1);
  const names = chosen(parts, targets);
  const draw = random(seed).fork("lora");
  const parameters = names.flatMap((name) => {
    const [outputs, inputs] = parts.parameters.get(`${name}.weight`)!.shape;
    const first = draw.fork(name);
    const bound = 1 / Math.sqrt(inputs);
    const data = Float32Array.from({ length: rank * inputs }, () => bound * (2 * first.next() - 1));
    return adapterParameters(name, { rank, inputs, outputs }, { first: data });
  });
  return { adapter: { rank, alpha, dropout, scale: alpha / rank, names }, parameters };
}

/** An encoder's parts with an adapter, which freezes the weights. */
export function adapted(parts: TransformerParts, { adapter, parameters }: AdapterParts): TransformerParts {
  const frozen = [...parts.parameters.values()].map((each) => ({ ...each, frozen: true }));
  return { ...parts, adapter, parameters: new Map([...frozen, ...parameters].map((each) => [each.name, each])) };
}

/** The two matrices of one adapter; the second one is 0 unless it is given. */
export function adapterParameters(
  name: string,
  { rank, inputs, outputs }: { rank: number; inputs: number; outputs: number },
  { first, second = new Float32Array(outputs * rank) }: { first: Float32Array; second?: Float32Array },
): Parameter[] {
  return [
    parameter(`${name}.lora_A`, [rank, inputs], first),
    parameter(`${name}.lora_B`, [outputs, rank], second),
  ];
}

/** Matrices of the layers by their names here and in the checkpoint. */
export function matrices({ shape, parameters }: Pick<TransformerParts, "shape" | "parameters">): Map<string, string> {
  const architecture = architectureOf(shape.architecture);
  const found = new Map<string, string>();
  for (const { name, shape } of parameters.values()) {
    if (!name.startsWith("layer.") || shape.length !== 2 || !name.endsWith(".weight")) continue;
    found.set(name.slice(0, -".weight".length), tensorName(architecture, name).slice(0, -".weight".length));
  }
  return found;
}

/** Names of the matrices that targets fit, in the network's order. */
function chosen(parts: Pick<TransformerParts, "shape" | "parameters">, targets: readonly string[]): string[] {
  const all = matrices(parts);
  const fits = (target: string, names: readonly string[]) =>
    target === "all-linear" || names.some((name) => name === target || name.endsWith(`.${target}`));
  for (const target of targets) {
    if ([...all].some((names) => fits(target, names))) continue;
    const ends = new Set([...all.values()].map((name) => name.split(".").at(-1)!));
    throw new ArgumentError(`Target "${target}" fits no matrix: ${suggestion(target, ["all-linear", ...ends])}`, {
      field: "targets",
    });
  }
  const names = [...all].filter((names) => targets.some((target) => fits(target, names))).map(([name]) => name);
  if (names.length === 0) {
    throw new ArgumentError("targets must name at least one matrix, found none", { field: "targets" });
  }
  return names;
}

function demand(field: string, value: number, wanted: string, holds: boolean): void {
  if (!holds) throw new ArgumentError(`${field} must be ${wanted}, found ${value}`, { field });
}
