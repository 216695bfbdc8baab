/** A value as a message shows it: strings in quotes and cut to 60 characters, objects by their kind. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "object" && value !== null || typeof value === "function") {
    return value instanceof Function ? `function ${value.name || "()"}` : named(kindOf(value));
  }
  return String(value);
}

/** The kind of a value: "array", "null", or its `typeof`. */
export function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/** A kind with its article: "an array". */
export function named(kind: string): string {
  return `${/^[aeio]/.test(kind) ? "an" : "a"} ${kind}`;
}
