import { createHash } from "node:crypto";
import type { RemoteFile } from "./remote_file.ts";

/** Whether a file has the size and digest that the hub states. */
export async function isIntact(path: string, remote: RemoteFile): Promise<boolean> {
  using file = await Deno.open(path);
  return (await file.stat()).size === remote.size && await hasDigest(file, remote);
}

/** Whether the content of an open file has the digest that the hub states. */
export async function hasDigest(file: Deno.FsFile, { size, digest }: RemoteFile): Promise<boolean> {
  const hash = createHash(digest.kind === "sha256" ? "sha256" : "sha1");
  if (digest.kind === "git") hash.update(`blob ${size}\0`);
  await file.seek(0, Deno.SeekMode.Start);
  const block = new Uint8Array(1 << 20);
  for (let read = await file.read(block); read !== null; read = await file.read(block)) {
    hash.update(block.subarray(0, read));
  }
  return hash.digest("hex") === digest.hex;
}
