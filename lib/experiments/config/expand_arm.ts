import { SOURCES } from "../../tables/mod.ts";
import { LOSS_WRAPPERS } from "../../training/mod.ts";
import type { PartConfig } from "../types.ts";
import { isPlain, type Plain } from "./plain.ts";

/** Settings of negatives that may be in the arm itself. */
export const NEGATIVES_KEYS: readonly string[] = [
  "mix",
  "mixing",
  "sampler",
  "filters",
  "curriculum",
  "recipe",
  "refresh",
];
/** Settings that are the arm's. */
const ARM = ["name", "method", "negatives", "train", "prompts"];

/** The names of an arm's keys, for messages about unknown ones. */
export const ARM_KEYS: readonly string[] = [...ARM.slice(1), ...NEGATIVES_KEYS, ...SOURCES];

/** The full form of an arm; what it does not understand stays for the check. */
export function expandArm(name: unknown, input: unknown, train: unknown): unknown {
  if (input === null) return { name, method: "untrained" };
  if (typeof input === "string") return { name, method: input };
  if (!isPlain(input)) return input;
  const sources = pick(input, SOURCES);
  const beside = { ...pick(input, NEGATIVES_KEYS), ...(isPlain(input.negatives) ? input.negatives : {}) };
  const mix = Object.keys(sources).length > 0
    ? { mix: { ...(isPlain(beside.mix) ? beside.mix : {}), ...sources } }
    : {};
  const negatives = expandNegatives({ ...beside, ...mix });
  const rest = Object.fromEntries(
    Object.entries(input).filter(([key]) => !ARM_KEYS.includes(key) && key !== "name"),
  );
  return {
    name: input.name ?? name,
    method: input.method ?? "fine-tuned",
    ...(isPlain(input.negatives) || input.negatives === undefined ? {} : { negatives: input.negatives }),
    ...(Object.keys(negatives).length > 0 ? { negatives } : {}),
    ...(input.train === undefined ? {} : { train: expandTrain(input.train, train) }),
    ...(input.prompts === undefined ? {} : { prompts: input.prompts }),
    ...rest,
  };
}

/** Training settings in which a wrapper named as the loss goes around the loss of `base`. */
export function expandTrain(train: unknown, base: unknown): unknown {
  if (!isPlain(train) || !isWrapper(train.loss)) return train;
  const { loss, ...rest } = train;
  const around = (isPlain(base) ? base.wrap : undefined) ?? [];
  const outer = rest.wrap ?? around;
  return { ...rest, wrap: [...(Array.isArray(outer) ? outer : [outer]), loss] };
}

function isWrapper(loss: unknown): loss is PartConfig {
  const name = typeof loss === "string" ? loss : isPlain(loss) ? loss.name : undefined;
  return typeof name === "string" && LOSS_WRAPPERS.has(name);
}

/** Steps between two minings become the refresh `ance`; an arm that draws nothing has an empty mix. */
function expandNegatives(negatives: Plain): Plain {
  const { refresh, ...rest } = negatives;
  const whole = Object.keys(rest).length > 0 && rest.mix === undefined ? { mix: {}, ...rest } : rest;
  if (refresh === undefined || refresh === 0) return whole;
  return { ...whole, refresh: typeof refresh === "number" ? { name: "ance", every: refresh } : refresh };
}

function pick(object: Plain, keys: readonly string[]): Plain {
  return Object.fromEntries(keys.flatMap((key) => object[key] === undefined ? [] : [[key, object[key]]]));
}
