import type { Collection } from "../collections/mod.ts";
import { ArgumentError } from "../core/errors.ts";
import { readTable } from "../files/mod.ts";
import {
  collectionPools,
  type Format,
  type GenerateOptions,
  outcomeKinds,
  type Pools,
  type Price,
  type Recipe,
  type Sampling,
} from "../generators/mod.ts";
import { NEGATIVES } from "../tables/mod.ts";
import type { GenerateFlags } from "./generate_flags.ts";

/** Options of `generate`, with the recipe resolved. */
export type GenerateSettings = GenerateOptions & { recipe: Recipe };

/** Flags without effect, by what a recipe writes. */
const UNUSED = {
  negatives: [],
  queries: ["positives", "mined"],
  judgments: ["positives", "count", "seed"],
} as const satisfies Record<Recipe["writes"], readonly (keyof GenerateFlags)[]>;

/**
 * Checks flags against the recipe, before anything is loaded.
 *
 * @throws {ArgumentError} for a flag that the recipe does not read.
 */
export function checkFlags(flags: GenerateFlags, recipe: Recipe): void {
  for (const name of UNUSED[recipe.writes]) {
    if (flags[name] === undefined) continue;
    throw new ArgumentError(`Cannot use --${name} with recipe "${recipe.name}", which writes ${recipe.writes}`);
  }
  if (flags.mined !== undefined && !recipe.readsMined) {
    throw new ArgumentError(`Cannot use --mined with recipe "${recipe.name}": it reads no mined negatives`);
  }
  const replay = flags.replay || flags.replies !== undefined;
  if (replay && (recipe.kind !== "model" || recipe.writes !== "negatives")) {
    throw new ArgumentError(`Cannot replay recipe "${recipe.name}": recorded replies hold written negatives only`);
  }
  if (recipe.writes === "judgments" && flags.mined === undefined) {
    throw new ArgumentError(`Recipe "${recipe.name}" needs candidates: --mined <file>`);
  }
  const budget = Object.keys(budgetOf(flags)).length > 0;
  if (flags["batch-api"] && (replay || budget)) {
    throw new ArgumentError(
      `Cannot use --batch-api with ${replay ? "recorded replies" : "a budget"}: use --limit to send less`,
    );
  }
}

/** The options of `generate` that the flags ask for. */
export async function settingsOf(
  flags: GenerateFlags,
  recipe: Recipe,
  { collection, signal }: { collection: Collection; signal: AbortSignal },
): Promise<GenerateSettings> {
  const { model, split, limit, positives, count, seed, concurrency, stream } = flags;
  return {
    ...{ recipe, model, split, limit, positives, count, seed, concurrency, stream, signal },
    baseURL: flags["base-url"],
    mined: flags.mined === undefined ? undefined : await readTable(flags.mined, NEGATIVES),
    pools: flags.pool.length > 0 ? poolsOf(recipe, collection, flags.pool) : undefined,
    replay: flags.replies ?? flags.replay,
    requestsPerMinute: flags.rpm,
    tokensPerMinute: flags.tpm,
    timeout: flags.timeout * 1000,
    format: flags.format as Format,
    sampling: samplingOf(flags),
    price: flags.price === undefined ? undefined : priceOf(flags.price),
    retry: flags.retry === undefined ? [] : outcomeKinds(flags.retry.split(",").map((word) => word.trim())),
    budget: budgetOf(flags),
  };
}

function priceOf(text: string): Price {
  const [prompt, completion, ...rest] = text.split(",").map((word) => word.trim() === "" ? NaN : Number(word));
  if (!(prompt >= 0 && completion >= 0) || rest.length > 0 || prompt + completion === Infinity) {
    throw new ArgumentError(`--price must be two numbers >= 0, such as 0.15,0.6, found "${text}"`);
  }
  return { prompt, completion };
}

/** Values by slot. Slots that are not named keep the collection's. */
function poolsOf(recipe: Recipe, collection: Collection, given: readonly string[]): Pools {
  const slots = recipe.kind === "model" ? Object.keys(recipe.pools) : [];
  const pools = given.map((text) => {
    const [, slot, list] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    const values = list?.split(",").map((value) => value.trim()).filter((value) => value !== "") ?? [];
    if (values.length === 0) throw new ArgumentError(`--pool must be slot=a,b, found "${text}"`);
    if (!slots.includes(slot)) {
      throw new ArgumentError(
        `Cannot use --pool "${slot}": recipe "${recipe.name}" draws ${slots.join(", ") || "nothing"}`,
      );
    }
    return [slot, values] as const;
  });
  return { ...collectionPools(collection.name), ...Object.fromEntries(pools) };
}

function samplingOf({ temperature, "max-tokens": max_tokens }: GenerateFlags): Sampling {
  return { ...(temperature === undefined ? {} : { temperature }), ...(max_tokens === undefined ? {} : { max_tokens }) };
}

function budgetOf(flags: GenerateFlags): NonNullable<GenerateOptions["budget"]> {
  const { "budget-requests": requests, "budget-tokens": tokens, "budget-cost": cost } = flags;
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(cost === undefined ? {} : { cost }),
  };
}
