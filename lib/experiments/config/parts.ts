import * as z from "zod";
import { ArgumentError } from "../../core/errors.ts";
import type { AnyPart, Registry } from "../../core/registry.ts";
import { passageText } from "../../collections/mod.ts";
import { type CrossEncoder, type Encoder, loadCrossEncoder } from "../../encoders/mod.ts";
import {
  CURRICULA,
  type Filter,
  type FilterNeeds,
  FILTERS,
  type Mix,
  MIXERS,
  type PairScorer,
  type Refresh,
  REFRESHES,
  type RefreshNeeds,
  type Sampler,
  SAMPLERS,
} from "../../negatives/mod.ts";
import { modelJudge } from "../../generators/mod.ts";
import { type Loss, LOSS_WRAPPERS, LOSSES } from "../../training/mod.ts";
import type { ArmNegatives, ExperimentConfig, PartConfig, RefreshConfig, TrainSettings } from "../types.ts";
import { partSchema, splitPart } from "./part_schema.ts";

/** Schemas of the parts that a configuration names. The experiment itself sets the options that are left out. */
export const PART_SCHEMAS = {
  loss: partSchema(LOSSES),
  wrap: z.array(partSchema(LOSS_WRAPPERS)),
  mixing: partSchema(MIXERS, { own: ["count", "seed", "within"] }),
  sampler: partSchema(SAMPLERS, { own: ["count", "seed", "sources"] }),
  filters: z.array(partSchema(FILTERS)),
  curriculum: partSchema(CURRICULA),
  refresh: partSchema(REFRESHES, { beside: { every: z.int().min(1) } }),
};

/** The loss of a configuration, with the losses around it. */
export function lossOf({ loss, wrap = [], teacher }: Pick<TrainSettings, "loss" | "wrap" | "teacher">): Loss {
  const whole = wrap.reduce<Loss>(
    (inner, part) => made(LOSS_WRAPPERS, part, inner) as Loss,
    made(LOSSES, loss) as Loss,
  );
  if (whole.needs.teacher && teacher === undefined) {
    throw new ArgumentError(`Loss ${whole.name} needs a teacher: set train.teacher to "scores" or to an encoder`);
  }
  return whole;
}

/** The filters of a configuration. */
export function filtersOf(parts: readonly PartConfig[], needs: FilterNeeds): Filter[] {
  return parts.map((part) => {
    try {
      return made(FILTERS, part, needs) as Filter;
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      throw new ArgumentError(`Cannot use filter ${splitPart(part).name}: ${error.message}`, {}, { cause: error });
    }
  });
}

/** What filters of a configuration may need: the encoder, and the cross-encoder and judge that it names. */
export function filterNeeds(
  { judge, crossEncoder }: Pick<ExperimentConfig, "judge" | "crossEncoder">,
  encoder: () => Encoder,
): FilterNeeds {
  return {
    encoder,
    scorer: () => {
      if (crossEncoder !== undefined) return lazyScorer(crossEncoder);
      throw new ArgumentError("it needs a cross-encoder: set crossEncoder to its folder");
    },
    judge: () => {
      if (judge) return modelJudge(judge);
      throw new ArgumentError('it needs a judge: set judge to { "model": … }');
    },
  };
}

/** Scores pairs by a cross-encoder that is loaded when the first pair comes. */
function lazyScorer(source: string): PairScorer {
  let loaded: Promise<CrossEncoder> | undefined;
  return async (pairs, options) => {
    loaded ??= loadCrossEncoder(source);
    const texts = pairs.map(({ query, passage }) => ({ query, document: passageText(passage) }));
    return await (await loaded).score(texts, options);
  };
}

/** The refresh of a part, without the steps between two of them. */
export function makeRefresh({ name, every: _, ...options }: RefreshConfig, needs: RefreshNeeds): Refresh {
  return REFRESHES.make(name, options, needs);
}

/** The sampler of an arm: a curriculum around a mixer around a sampler within each source. */
export function samplerOf(negatives: Omit<ArmNegatives, "filters">, seed: number): Sampler {
  const { mixing = "hybrid", sampler = "uniform", curriculum } = negatives;
  const mix: Mix = Object.fromEntries(Object.entries(negatives.mix).filter(([, share]) => share));
  const within = made(SAMPLERS, withOptions(sampler, { seed }));
  const mixed = made(MIXERS, withOptions(mixing, { seed, within }), mix) as Sampler;
  return curriculum === undefined ? mixed : made(CURRICULA, curriculum, mixed) as Sampler;
}

function withOptions(part: PartConfig, set: Record<string, unknown>): PartConfig {
  return { ...(typeof part === "string" ? { name: part } : part), ...set };
}

function made(registry: Pick<Registry<AnyPart, unknown[]>, "make">, part: PartConfig, ...args: unknown[]): unknown {
  const { name, options } = splitPart(part);
  return registry.make(name, options, ...args);
}
