import { join, resolve } from "node:path";

/** The folder of real collections and reference outputs: SYNEG_SHARED, or ../shared beside the repository. */
export const SHARED = resolve(Deno.env.get("SYNEG_SHARED") ?? join(import.meta.dirname!, "..", "..", "shared"));

/** The path of something in {@link SHARED}, or undefined, told once, where it is absent. */
export function shared(path: string): string | undefined {
  const full = join(SHARED, path);
  try {
    Deno.statSync(full);
    return full;
  } catch {
    console.log(`not there, so what needs it is skipped: ${path} (set SYNEG_SHARED to its folder)`);
    return undefined;
  }
}
