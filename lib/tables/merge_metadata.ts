import { ArgumentError } from "../core/errors.ts";

/** Prefix of keys whose values the kit writes, as JSON. */
const OWN = "syneg.";

/**
 * Merges the metadata of tables that are concatenated. For the kit's own keys, lists are united and counts added (rules
 * applied, requests sent), and differing names are joined by " + ". Other keys are kept if all tables that have them agree.
 *
 * @throws {ArgumentError} if the tables hold vectors of different encoders.
 */
export function mergeMetadata(tables: readonly ReadonlyMap<string, string>[]): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const key of new Set(tables.flatMap((metadata) => [...metadata.keys()]))) {
    const values = tables.flatMap((metadata) => metadata.get(key) ?? []);
    const [first] = values;
    const alike = values.every((value) => value === first);
    if (key.startsWith(OWN)) merged[key] = values.length === 1 ? first : values.reduce(together);
    else if (alike) merged[key] = first;
    else if (key === "fingerprint") {
      throw new ArgumentError("Cannot concatenate vectors of different encoders: their fingerprints differ");
    }
  }
  return merged;
}

/** Merges two values: JSON part by part, other text as names. */
function together(a: string, b: string): string {
  const [left, right] = [parsed(a), parsed(b)];
  return left === undefined || right === undefined ? String(sum(a, b)) : JSON.stringify(sum(left, right));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sum(a: unknown, b: unknown): unknown {
  if (typeof a === "number" && typeof b === "number") return a + b;
  if (typeof a === "boolean" && typeof b === "boolean") return a || b;
  if (Array.isArray(a) && Array.isArray(b)) return [...new Set([...a, ...b])];
  if (isObject(a) && isObject(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return Object.fromEntries(keys.map((key) => [key, key in a && key in b ? sum(a[key], b[key]) : a[key] ?? b[key]]));
  }
  if (a === null || b === null) return a ?? b;
  return [...new Set([...String(a).split(" + "), String(b)])].join(" + ");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
