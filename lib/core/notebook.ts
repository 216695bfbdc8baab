/**
 * Interface of the Deno kernel to a notebook.
 *
 * @category Core
 */
export interface Jupyter {
  /** Shows a bundle of MIME types. */
  display(bundle: Record<string, unknown>, options: Record<string, unknown>): Promise<void>;
  /** Sends a message of the Jupyter protocol. */
  broadcast(type: string, content: Record<string, unknown>, extra?: Record<string, unknown>): Promise<void>;
}

/**
 * The kernel's interface; undefined outside a notebook, where reading `Deno.jupyter` throws.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { notebook } from "./notebook.ts";
 * console.log(notebook()); // undefined
 * ```
 */
export function notebook(): Jupyter | undefined {
  try {
    return (Deno as unknown as { jupyter?: Jupyter }).jupyter;
  } catch {
    return undefined;
  }
}
