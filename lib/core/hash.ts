import { createHash } from "node:crypto";

/**
 * A sha256 that grows part by part.
 *
 * @category Core
 */
export interface Hasher {
  /** Adds text or bytes. */
  update(part: string | Uint8Array): Hasher;
  /** 64 hex digits; the hasher cannot be used after it. */
  digest(): string;
}

/**
 * A new {@link Hasher}. The length of each part is hashed before it, so ("ab", "c") and ("a", "bc") differ.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { hasher } from "./hash.ts";
 * console.log(hasher().update("ab").update("c").digest().length); // 64
 * ```
 */
export function hasher(): Hasher {
  const hash = createHash("sha256");
  const self: Hasher = {
    update(part) {
      const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
      hash.update(`${bytes.byteLength}:`);
      hash.update(bytes);
      return self;
    },
    digest: () => hash.digest("hex"),
  };
  return self;
}

/**
 * The sha256 of bytes, or of text as UTF-8, in 64 hex digits, as `sha256sum` prints it.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { sha256 } from "./hash.ts";
 * console.log(sha256("").slice(0, 8)); // e3b0c442
 * ```
 */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/**
 * The sha256 of a file, read in blocks.
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { sha256File } from "./hash.ts";
 * console.log((await sha256File(await Deno.makeTempFile())).slice(0, 8)); // e3b0c442
 * ```
 */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const block = new Uint8Array(1 << 20);
  for (let read = await file.read(block); read !== null; read = await file.read(block)) {
    hash.update(block.subarray(0, read));
  }
  return hash.digest("hex");
}
