import * as z from "zod";
import { KitError } from "../core/errors.ts";
import { explain } from "../core/explain.ts";
import { sha256 } from "../core/hash.ts";
import type { Ids } from "./ids.ts";

/** Manifest of an index on disk. */
export const MANIFEST = z.object({
  format: z.literal("syneg-bm25"),
  version: z.literal(1),
  analyzer: z.string(),
  choice: z.looseObject({ name: z.string() }),
  formula: z.looseObject({ variant: z.string() }),
  documents: z.int().min(0),
  terms: z.int().min(0),
  postings: z.int().min(0),
  bytes: z.record(z.string(), z.int().min(0)),
  digest: z.string(),
});

/** Manifest of an index. */
export type Manifest = z.output<typeof MANIFEST>;

/** Files of an index beside its manifest. */
export const FILES = ["terms.offsets", "terms.text", "ids.offsets", "ids.text", "offsets", "absent", "rows", "impacts"];

/** Digest of all other fields of the manifest. */
export function manifestDigest(manifest: Omit<Manifest, "digest">): string {
  return sha256(JSON.stringify(MANIFEST.omit({ digest: true }).parse(manifest)));
}

/** Reads and checks the manifest of an index, and the sizes of its files. */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = `${folder}/bm25.json`;
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(file));
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "the folder holds none" : (cause as Error).message;
    throw new KitError(`Cannot open a BM25 index: ${why}`, { file }, { cause });
  }
  const found = MANIFEST.safeParse(value);
  if (!found.success) {
    throw new KitError(`Cannot open a BM25 index: ${explain({ schema: MANIFEST, value, error: found.error })}`, {
      file,
    });
  }
  if (manifestDigest(found.data) !== found.data.digest) {
    throw new KitError("Cannot open a BM25 index: its manifest was changed after it was written", { file });
  }
  for (const name of FILES) {
    const path = `${folder}/${name}`;
    const size = await Deno.stat(path).then((stat) => stat.size, () => undefined);
    if (size === found.data.bytes[name]) continue;
    const what = size === undefined ? "it is not there" : `it has ${size} bytes, wanted ${found.data.bytes[name]}`;
    throw new KitError(`Cannot open a BM25 index: ${what}`, { file: path });
  }
  return found.data;
}

/** Concatenated strings in UTF-8: string i is at `offsets[i]` to `offsets[i + 1]`. */
export interface PackedText {
  readonly offsets: Float64Array;
  readonly bytes: Uint8Array;
}

/** The strings of a packed text as ids; comparing two of them creates no strings. */
export function packedIds({ offsets, bytes }: PackedText): Ids {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    length: offsets.length - 1,
    at: (row) => decoder.decode(bytes.subarray(offsets[row], offsets[row + 1])),
    compare(a, b) {
      const [x, y] = [offsets[a], offsets[b]];
      const [xs, ys] = [offsets[a + 1] - x, offsets[b + 1] - y];
      for (let i = 0; i < xs && i < ys; i++) if (bytes[x + i] !== bytes[y + i]) return bytes[x + i] - bytes[y + i];
      return xs - ys;
    },
  };
}
