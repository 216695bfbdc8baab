import { isPlain, type Plain } from "./plain.ts";

/** A key of an earlier version, and what it is now. */
type Former = Readonly<Record<string, string>>;

const TRAIN: Former = {
  batch: "batchSize",
  learning_rate: "learningRate",
  weight_decay: "weightDecay",
  in_batch: "inBatch",
  max_length: "maxLength",
  temperature: "loss.temperature",
};
const NEGATIVES: Former = { draw: "sampler" };

/**
 * Translates the keys of earlier versions in a configuration of any shape, and names them in a note on the console. A
 * key that is there in both spellings stays, so that the check refuses it.
 */
export function currentKeys(value: unknown): unknown {
  if (!isPlain(value)) return value;
  const notes = new Map<string, string>();
  const config: Plain = { ...value };
  if (isPlain(config.train)) config.train = trainKeys(config.train, notes);
  if (Array.isArray(config.arms)) {
    config.arms = config.arms.map((arm: unknown) => {
      if (!isPlain(arm)) return arm;
      return {
        ...arm,
        ...(isPlain(arm.train) ? { train: trainKeys(arm.train, notes) } : {}),
        ...(isPlain(arm.negatives) ? { negatives: renamed(arm.negatives, "negatives", NEGATIVES, notes) } : {}),
      };
    });
  }
  if (notes.size > 0) {
    console.warn(`Note: keys of an earlier version: ${[...notes].map(([a, b]) => `${a} is now ${b}`).join(", ")}`);
  }
  return config;
}

/** Translates a path such as `train.learning_rate`, with a note; other paths stay. */
export function currentPath(path: readonly string[]): string[] {
  const [parent, key] = path.slice(-2);
  const former = parent === "train" ? TRAIN : parent === "negatives" ? NEGATIVES : {};
  if (key === undefined || !Object.hasOwn(former, key)) return [...path];
  const current = former[key];
  console.warn(`Note: key of an earlier version: ${parent}.${key} is now ${parent}.${current}`);
  return [...path.slice(0, -1), ...current.split(".")];
}

/** The temperature was that of InfoNCE, then the only loss. */
function trainKeys(train: Plain, notes: Map<string, string>): Plain {
  const { temperature, ...rest } = renamed(train, "train", TRAIN, notes);
  if (temperature === undefined) return rest;
  if ("loss" in rest) return { ...rest, temperature };
  notes.set("train.temperature", "train.loss.temperature");
  return { ...rest, loss: { name: "infoNCE", temperature } };
}

/** Renames keys in place, so that their order stays. */
function renamed(object: Plain, parent: string, former: Former, notes: Map<string, string>): Plain {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      const current = Object.hasOwn(former, key) ? former[key] : key;
      if (current === key || current.includes(".") || current in object) return [key, value];
      notes.set(`${parent}.${key}`, `${parent}.${current}`);
      return [current, value];
    }),
  );
}
