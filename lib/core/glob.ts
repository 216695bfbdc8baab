/**
 * Whether the whole of `text` matches `pattern`, in which `*` matches any run of characters, also none; everything else
 * matches only itself.
 *
 * @example
 * ```ts
 * import { matchesGlob } from "./glob.ts";
 * console.log(matchesGlob("layer.0.weight", "layer.*")); // true
 * ```
 */
export function matchesGlob(text: string, pattern: string): boolean {
  const literal = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`, "s").test(text);
}
