import assert from "node:assert/strict";
import { join } from "node:path";
import { hasher, sha256, sha256File } from "../../lib/core/mod.ts";

Deno.test("sha256 of text and bytes matches the example of FIPS 180-4", () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(sha256("abc"), abc);
  assert.equal(sha256(new TextEncoder().encode("abc")), abc);
});

Deno.test("a file of several blocks hashes like its bytes", async () => {
  const bytes = Uint8Array.from({ length: 3_000_001 }, (_, i) => i * 31 >> 3);
  const folder = await Deno.makeTempDir();
  await Deno.writeFile(join(folder, "file"), bytes);
  assert.equal(await sha256File(join(folder, "file")), sha256(bytes));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a hasher separates its parts", () => {
  const digest = (...parts: string[]) => parts.reduce((hash, part) => hash.update(part), hasher()).digest();
  assert.equal(digest("ab", "c"), digest("ab", "c"));
  const all = [digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("abc", ""), digest()];
  assert.equal(new Set(all).size, all.length);
});
