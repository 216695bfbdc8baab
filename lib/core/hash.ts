import { createHash } from "node:crypto";

/** A sha256 that grows: `update` with text or bytes, `digest` gives 64 hex digits. */
export interface Hasher {
  /** Adds a part. */
  update(part: string | Uint8Array): Hasher;
  /** 64 hex digits; the hasher is used up. */
  digest(): string;
}

/** A new {@link Hasher}. Parts are separated by their lengths, so ("ab", "c") and ("a", "bc") differ. */
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

/** The sha256 of bytes or of text as UTF-8, in 64 hex digits, as `sha256sum` prints it. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The sha256 of a file, read in blocks. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const block = new Uint8Array(1 << 20);
  for (let read = await file.read(block); read !== null; read = await file.read(block)) {
    hash.update(block.subarray(0, read));
  }
  return hash.digest("hex");
}
