/** A value as a message shows it: strings in quotes, cut where they are long. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "object" && value !== null || typeof value === "function") {
    return value instanceof Function ? `function ${value.name || "()"}` : named(kindOf(value));
  }
  return String(value);
}

/** "array", "null", or what `typeof` says. */
export function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/** A kind with its article: "an array". */
export function named(kind: string): string {
  return `${/^[aeio]/.test(kind) ? "an" : "a"} ${kind}`;
}
