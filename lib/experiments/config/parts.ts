import * as z from "zod";
import { type AnyPart, type Registry, registry } from "../../core/registry.ts";
import {
  type Filter,
  type FilterNeeds,
  FILTERS as filterParts,
  type Sampler,
  SAMPLERS as samplerParts,
} from "../../negatives/mod.ts";
import { infoNCE, type Loss } from "../../training/mod.ts";
import type { PartConfig } from "../types.ts";
import { splitPart } from "./part_schema.ts";

/** Options that the experiment sets itself. */
export const SET_BY_EXPERIMENT: readonly string[] = ["count", "seed", "sources"];

/** Losses by name. */
export const LOSSES: Registry<AnyPart> = registry<AnyPart>("loss", [{
  name: "infoNCE",
  about: "softmax over one positive and the negatives",
  options: z.strictObject({ temperature: z.number().positive().optional(), hardness: z.number().min(0).optional() }),
  make: (options: { temperature?: number; hardness?: number }): Loss => infoNCE(options),
}]);

/** Losses around another one, by name. */
export const LOSS_WRAPPERS: Registry<AnyPart> = registry<AnyPart>("loss wrapper", []);

/** Filters by name. */
export const FILTERS: Registry<AnyPart> = filterParts as unknown as Registry<AnyPart>;

/** Samplers within a source, by name. */
export const SAMPLERS: Registry<AnyPart> = samplerParts as unknown as Registry<AnyPart>;

/** The loss of a configuration, with the losses around it. */
export function lossOf(loss: PartConfig, wrap: readonly PartConfig[] = []): Loss {
  return wrap.reduce<Loss>((inner, part) => made(LOSS_WRAPPERS, part, inner) as Loss, made(LOSSES, loss) as Loss);
}

/** A filter of a configuration. */
export function filterOf(part: PartConfig, needs: FilterNeeds): Filter {
  return made(FILTERS, part, needs) as Filter;
}

/** A sampler within a source, of a configuration. */
export function samplerOf(part: PartConfig, seed: number): Sampler {
  const { name, options } = splitPart(part);
  return SAMPLERS.make(name, { ...options, seed }) as Sampler;
}

function made(registry: Registry<AnyPart>, part: PartConfig, ...args: unknown[]): unknown {
  const { name, options } = splitPart(part);
  const make: (name: string, options: unknown, ...args: unknown[]) => unknown = registry.make;
  return make(name, options, ...args);
}
