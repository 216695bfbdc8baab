/**
 * The value of an environment variable; undefined if it is unset, empty, or not among the variables that this command
 * may read.
 *
 * @example
 * ```ts
 * import { environment } from "./environment.ts";
 * console.log(environment("NO_SUCH_VARIABLE")); // undefined
 * ```
 */
export function environment(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
