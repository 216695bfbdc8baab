/** A part of tokenizer.json. Every reader rejects what it does not support. */
export type Json = Readonly<Record<string, unknown>>;

/** A part as an object. @throws {Error} if it is something else. */
export function object(value: unknown, what: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`${what} must be an object, found ${JSON.stringify(value)?.slice(0, 60) ?? "nothing"}`);
}

/** A text field. @throws {Error} if it is something else. */
export function text(part: Json, field: string, fallback?: string): string {
  const value = part[field] ?? fallback;
  if (typeof value === "string") return value;
  throw new Error(`${field} must be a string, found ${JSON.stringify(value)?.slice(0, 60) ?? "nothing"}`);
}

/** A list of objects, such as the members of a Sequence. */
export function list(part: Json, field: string): Json[] {
  const value = part[field];
  if (!Array.isArray(value)) throw new Error(`${field} must be a list, found ${JSON.stringify(value) ?? "nothing"}`);
  return value.map((each) => object(each, `each of ${field}`));
}
