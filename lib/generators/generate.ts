import { ArgumentError } from "../core/errors.ts";
import type { NEGATIVES } from "../data/schema.ts";
import type { Table } from "../data/table.ts";
import type { Collection } from "../data/types.ts";
import { collectionPools, drawAttributes } from "./attributes.ts";
import { writeByRule } from "./edit.ts";
import { negativesTable } from "./outcomes.ts";
import { recipeOf } from "./recipes/registry.ts";
import { replay } from "./replay.ts";
import { type SubjectOptions, subjects } from "./subjects.ts";
import type { Outcome, Pools, Recipe, Sampling } from "./types.ts";

/** Options of {@link generate}. */
export interface GenerateOptions extends SubjectOptions {
  /** Name, with or without version, or a recipe of your own. @default "syneg" */
  recipe?: string | Recipe;
  /** The language model; may be left out when replies are replayed. */
  model?: string;
  /** Negatives per request. @default the recipe's, 2 for syneg */
  count?: number;
  /** Decides the attributes that are drawn, and the edits. @default 0 */
  seed?: number | string;
  /** Values to draw slots from, such as `{ expert: ["Law"] }`. @default the collection's, then the recipe's */
  pools?: Pools;
  /** Decoding parameters; part of a request's identity. @default the server's */
  sampling?: Sampling;
  /** Use recorded replies only, without network or key: a file, or true for the collection's own. @default false */
  replay?: boolean | string;
  /** Called once for every request when it has ended. */
  onOutcome?: (outcome: Outcome) => void;
  signal?: AbortSignal;
  /** Show no progress. @default false */
  quiet?: boolean;
}

/**
 * Writes negatives for the queries of a collection.
 *
 * Rows stand in the order of the split's queries, dropped items among them with their reason; how the requests ended is
 * counted in {@link generationSummary}.
 *
 * @throws {ArgumentError} before anything is sent, if an option is outside its domain.
 *
 * @example
 * ```ts
 * import { generate, generationSummary, loadCollection } from "@syneg/kit";
 * const facets = await loadCollection("facets");
 * const negatives = await generate(facets, { recipe: "syneg", replay: true });
 * console.log(negatives.length, generationSummary(negatives));
 * ```
 */
export async function generate(
  collection: Collection,
  options: GenerateOptions = {},
): Promise<Table<typeof NEGATIVES>> {
  const { recipe: named = "syneg", seed = 0, pools } = options;
  const recipe = typeof named === "string" ? recipeOf(named) : named;
  if (recipe.writes !== "negatives") {
    const other = recipe.writes === "queries" ? "generateQueries" : "judge";
    throw new ArgumentError(`Cannot generate negatives with recipe "${recipe.name}": use ${other}()`);
  }
  const count = options.count ?? recipe.count;
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new ArgumentError(`Cannot ask for ${count} negatives: the count is an integer from 1`);
  }
  const list = subjects(collection, options);
  const outcomes = await written();
  outcomes.forEach((outcome) => options.onOutcome?.(outcome));
  return negativesTable(recipe, outcomes);

  function written(): Promise<Outcome[]> {
    if (recipe.kind === "rule") return Promise.resolve(writeByRule(collection, list, { recipe, count, seed }));
    const draw = (subject: typeof list[number]) =>
      drawAttributes(recipe, subject, { seed, pools: pools ?? collectionPools(collection.name) });
    const { replay: path, model, sampling } = options;
    if (path) return replay(collection, list, path, { recipe, model, count, sampling, draw });
    throw new ArgumentError("Cannot generate: no model");
  }
}
