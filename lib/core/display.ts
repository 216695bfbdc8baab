/** The symbol under which the Deno kernel looks for a value's display. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display");
/** The symbol under which Deno looks for a value's form in a terminal. */
export const INSPECT: unique symbol = Symbol.for("Deno.customInspect");

/** How a value shows itself. */
export interface Shown {
  /** In a terminal, and in a notebook without markup. */
  text(): string;
  /** In a notebook, as safe markup. Omit for text alone. */
  html?(): string;
}

/**
 * Gives plain data a way to show itself in notebooks and terminals. The members are not enumerable: copies, JSON and
 * comparisons see the data alone.
 *
 * @example
 * ```ts
 * import { showing } from "./display.ts";
 * console.log(showing({ mean: 0.5 }, { text: () => "mean 0.500" })); // mean 0.500
 * ```
 */
export function showing<T extends object>(value: T, { text, html }: Shown): T {
  const bundle = () => ({ ...(html ? { "text/html": html() } : {}), "text/plain": text() });
  return Object.defineProperties(value, { [DISPLAY]: { value: bundle }, [INSPECT]: { value: text } });
}
