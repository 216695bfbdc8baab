import { z } from "zod";
import { ArgumentError, suggestion } from "../../core/mod.ts";
import { SOURCES } from "../../tables/mod.ts";
import { measure } from "../../evaluation/mod.ts";
import type { ArmNegatives, ExperimentConfig } from "../types.ts";

const positive = z.number().positive();
const share = z.number().min(0).max(1);
const count = z.int().positive();

const train = z.strictObject({
  epochs: count,
  batch: count,
  learning_rate: positive,
  weight_decay: z.number().min(0),
  warmup: share,
  schedule: z.enum(["constant", "linear", "cosine"]),
  temperature: positive,
  in_batch: z.boolean(),
  max_length: z.int().min(4).nullable(),
  dropout: z.number().min(0).lt(1),
});

const negatives = z.strictObject({
  mix: z.strictObject(Object.fromEntries(SOURCES.map((source) => [source, z.number().min(0).optional()]))),
  mixing: z.enum(["hybrid", "direct"]).optional(),
  draw: z.enum(["uniform", "top", "simans"]).optional(),
  recipe: z.string().optional(),
  refresh: z.int().min(0).optional(),
});

const arm = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.+-]*$/),
  method: z.enum(["fine-tuned", "untrained", "bm25"]),
  negatives: negatives.optional(),
  // One length for all arms: the candidates are scored with it, too.
  train: train.omit({ max_length: true }).partial().optional(),
});

const config = z.strictObject({
  name: z.string().min(1),
  collection: z.string().min(1),
  encoder: z.string().min(1),
  prompts: z.strictObject({ query: z.string().optional(), document: z.string().optional() }).optional(),
  splits: z.strictObject({ train: z.string(), dev: z.string(), test: z.string() }),
  measures: z.array(z.string()).min(1),
  seed: z.int(),
  seeds: count,
  replies: z.string().min(1),
  recipe: z.string(),
  threads: count,
  arms: z.array(arm).min(1),
  mining: z.strictObject({ depth: count, from: count, margin: share }),
  train,
  statistics: z.strictObject({
    baseline: z.string(),
    margin: positive,
    rounds: z.int().min(1000),
    confidence: z.number().gt(0).lt(1),
  }),
  sweep: z.strictObject({ parameter: z.string(), values: z.record(z.string(), z.number()) }).optional(),
});

/**
 * Checks a configuration: keys, types, domains, and that its names refer to one another.
 *
 * @throws {ArgumentError} naming the path, what was found, and the nearest known keys.
 */
export function checkConfig(value: unknown): ExperimentConfig {
  const result = config.safeParse(value);
  if (!result.success) throw new ArgumentError(`Cannot use the configuration: ${explain(value, result.error)}`);
  const parsed = result.data as ExperimentConfig;
  // Scores carry the measures' own names.
  const checked = { ...parsed, measures: parsed.measures.map((name) => measure(name).name) };
  const names = checked.arms.map((arm) => arm.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ArgumentError(`Cannot use the configuration: two arms are named "${twice}"`);
  if (!names.includes(checked.statistics.baseline)) {
    throw new ArgumentError(
      `Unknown arm "${checked.statistics.baseline}" in statistics.baseline: ${
        suggestion(checked.statistics.baseline, names)
      }`,
    );
  }
  const { train: trained, test } = checked.splits;
  if (trained === test && checked.arms.some(({ method }) => method === "fine-tuned")) {
    throw new ArgumentError(
      `Cannot use split "${test}" for training and for test: fine-tuned arms would be measured on what they have seen`,
    );
  }
  for (const arm of checked.arms) {
    const wanted = Object.values(arm.negatives?.mix ?? {}).reduce((sum, n) => sum + (n ?? 0), 0);
    if (arm.method === "fine-tuned" && wanted === 0 && !{ ...checked.train, ...arm.train }.in_batch) {
      throw new ArgumentError(`Cannot train arm "${arm.name}": it has no negatives and train.in_batch is false`);
    }
    if (arm.method !== "fine-tuned" && (arm.negatives || arm.train)) {
      throw new ArgumentError(`Cannot use arm "${arm.name}": method "${arm.method}" takes no negatives and no train`);
    }
  }
  for (const { name, negatives } of checked.arms) if (negatives) checkNegatives(name, negatives);
  const { from, depth } = checked.mining;
  if (from > depth) throw new ArgumentError(`Cannot use mining.from ${from}: mining.depth is ${depth}`);
  return checked;
}

/** What an arm asks of its sources must be something that they have. */
function checkNegatives(arm: string, { mix, draw, refresh }: ArmNegatives): void {
  const refuse = (reason: string) => new ArgumentError(`Cannot use arm "${arm}": ${reason}`);
  if (mix.imported) throw refuse("arms draw from sources that the kit mines or writes, not from imported ones");
  if (refresh && !mix.model) throw refuse("refresh mines source model anew, and its mix has none of it");
  for (const source of ["random", "bm25"] as const) {
    if (draw === "simans" && mix[source]) throw refuse(`simans wants cosines, and source ${source} has none`);
  }
}

function explain(value: unknown, error: z.ZodError): string {
  return error.issues.map((issue) => {
    const path = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys") {
      const known = keysAt(config, issue.path);
      return issue.keys.map((key) =>
        `unknown key "${[path, key].filter(Boolean).join(".")}": ${suggestion(key, known)}`
      )
        .join("; ");
    }
    const found = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], value);
    if (issue.code === "invalid_value" && typeof found === "string") {
      return `${path} is "${found}": ${suggestion(found, issue.values.map(String))}`;
    }
    return `${path || "the whole"} is ${JSON.stringify(found) ?? "missing"}: ${issue.message}`;
  }).join("; ");
}

/** Keys that may stand at a path of the configuration. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: z.ZodType | undefined = schema;
  for (const key of path) {
    at = unwrap(at);
    if (at instanceof z.ZodObject) at = at.shape[String(key)] as z.ZodType;
    else if (at instanceof z.ZodArray) at = at.element as z.ZodType;
    else return [];
  }
  at = unwrap(at);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

/**
 * Applies `path=value` settings, such as `train.epochs=2` or `arms.hybrid.negatives.mix.bm25=4`. Values are JSON, or
 * text where they are not; an arm is named by its name.
 *
 * @throws {ArgumentError} if a path leads nowhere; the nearest known keys are named.
 */
export function applySettings(base: ExperimentConfig, settings: readonly string[]): ExperimentConfig {
  const result = structuredClone(base);
  for (const setting of settings) {
    const split = setting.indexOf("=");
    if (split < 1) throw new ArgumentError(`Cannot apply "${setting}": wanted path=value, such as train.epochs=2`);
    const path = resolvePath(result, setting.slice(0, split));
    const parent = path.slice(0, -1).reduce<Record<PropertyKey, unknown>>((at, key) => {
      at[key] ??= {};
      return at[key] as Record<PropertyKey, unknown>;
    }, result as unknown as Record<PropertyKey, unknown>);
    parent[path.at(-1)!] = literal(setting.slice(split + 1));
  }
  return checkConfig(result);
}

function resolvePath(base: ExperimentConfig, path: string): PropertyKey[] {
  const resolved: PropertyKey[] = [];
  const parts = path.split(".");
  for (let i = 0; i < parts.length; i++) {
    if (resolved[0] === "arms" && resolved.length === 1) {
      // Names of arms may hold a dot (ratio-0.7): take the longest that fits.
      const rest = parts.slice(i).join(".");
      const arm = base.arms.findLast(({ name }) => rest === name || rest.startsWith(`${name}.`));
      if (!arm) {
        throw new ArgumentError(
          `Unknown arm "${parts[i]}" in "${path}": ${suggestion(parts[i], base.arms.map((a) => a.name))}`,
        );
      }
      resolved.push(base.arms.indexOf(arm));
      i += arm.name.split(".").length - 1;
      continue;
    }
    const known = keysAt(config, resolved);
    if (known.length > 0 && !known.includes(parts[i])) {
      throw new ArgumentError(`Unknown key "${parts.slice(0, i + 1).join(".")}": ${suggestion(parts[i], known)}`);
    }
    resolved.push(parts[i]);
  }
  return resolved;
}

function literal(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
