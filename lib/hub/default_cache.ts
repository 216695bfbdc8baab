import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The default folder for downloads: `data/cache` of the kit.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { defaultCache } from "./default_cache.ts";
 * console.log(defaultCache().endsWith("cache")); // true
 * ```
 */
export function defaultCache(): string {
  const url = new URL("../../data/cache", import.meta.url);
  return url.protocol === "file:" ? fileURLToPath(url) : resolve("data", "cache");
}
