import type { Collection } from "../collections/types.ts";
import { checkOptions, type OptionKinds } from "../core/options.ts";
import type { Encoder } from "../encoders/types.ts";
import { means } from "./evaluate.ts";
import { evaluateEncoder } from "./evaluate_encoder.ts";
import { measure } from "./measure.ts";

/**
 * Options of {@link evaluateCollections}.
 *
 * @category Evaluation
 */
export interface EvaluateCollectionsOptions {
  /**
   * Which judgments.
   * @default {"dev"}
   */
  split?: string;
  /**
   * What to measure.
   * @default {"nDCG@10"}
   */
  measure?: string;
  /** Cancels the work. */
  signal?: AbortSignal;
}

const KINDS: OptionKinds<EvaluateCollectionsOptions> = { split: "string", measure: "string", signal: "object" };

/**
 * Measures an encoder on several collections, each searched by itself: the mean over the collections under the measure's
 * name, and each collection's under `measure:name`. Made for `evaluate.run` of a training on several collections.
 *
 * @throws {ArgumentError} if a collection has no such split.
 *
 * @example
 * ```ts
 * import { evaluateCollections } from "@syneg/kit/evaluation";
 * import { loadCollection, loadEncoder } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const found = await evaluateCollections(await loadEncoder("built-in"), { facets });
 * console.log(Object.keys(found)); // [ "nDCG@10", "nDCG@10:facets" ]
 * ```
 *
 * @category Evaluation
 */
export async function evaluateCollections(
  encoder: Encoder,
  collections: Readonly<Record<string, Collection>>,
  options: EvaluateCollectionsOptions = {},
): Promise<Record<string, number>> {
  checkOptions<EvaluateCollectionsOptions>("evaluateCollections", options, KINDS);
  const { split = "dev", signal } = options;
  const { name } = measure(options.measure ?? "nDCG@10");
  const values: Record<string, number> = {};
  for (const [part, collection] of Object.entries(collections)) {
    const { scores } = await evaluateEncoder(encoder, collection, { split, measures: [name], signal });
    values[`${name}:${part}`] = means(scores).get(name)!;
  }
  const all = Object.values(values);
  return { [name]: all.reduce((sum, value) => sum + value, 0) / all.length, ...values };
}
