import { join } from "node:path";
import { KitError } from "../core/errors.ts";
import { exists } from "../core/files.ts";
import { sha256 } from "../core/hash.ts";
import { EMBEDDINGS, TableBuilder } from "../tables/mod.ts";
import { readTable, writeTable } from "../files/mod.ts";

/**
 * Looks up the vector of a text; undefined if it is not cached.
 *
 * @category Encoders
 */
export type Lookup = (text: string) => Float32Array | undefined;

/**
 * Vectors on disk, one folder per fingerprint of an {@link Encoder} (weights, tokenizer, maximum length, pooling,
 * prompt), one Arrow file of {@link EMBEDDINGS} per call that computed new ones. Texts are found by their sha256. A
 * file that is damaged or has another fingerprint is skipped, and its texts are encoded again.
 *
 * @category Encoders
 */
export class EmbeddingCache {
  /** Folder of the cache. */
  readonly folder: string;
  #latest?: { fingerprint: string; vectors: Map<string, Float32Array> };

  /**
   * Opens a cache.
   *
   * @param folder Created when the first vectors are written, such as `data/cache`.
   */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Reads all vectors of a fingerprint. */
  async read(fingerprint: string, dimension: number): Promise<Lookup> {
    if (this.#latest?.fingerprint !== fingerprint) {
      const vectors = new Map<string, Float32Array>();
      for (const file of await this.#files(fingerprint)) {
        try {
          const table = await readTable(file, EMBEDDINGS);
          const { data, width } = table.vectors("vector");
          if (table.metadata.get("fingerprint") !== fingerprint || width !== dimension) continue;
          if (table.metadata.get("sha256") !== digest(data)) continue;
          let row = 0;
          for (const id of table.column("id")) vectors.set(id, data.subarray(row * width, ++row * width));
        } catch (error) {
          if (!(error instanceof KitError)) throw error;
        }
      }
      this.#latest = { fingerprint, vectors };
    }
    const { vectors } = this.#latest;
    return (text) => vectors.get(sha256(text.toWellFormed()));
  }

  /** Adds vectors, row by row. */
  async write(fingerprint: string, texts: readonly string[], data: Float32Array): Promise<void> {
    if (texts.length === 0) return;
    const width = data.length / texts.length;
    const metadata = { fingerprint, sha256: digest(data) };
    const builder = new TableBuilder(EMBEDDINGS, { metadata });
    const known = this.#latest?.fingerprint === fingerprint ? this.#latest.vectors : undefined;
    texts.forEach((text, i) => {
      const vector = data.subarray(i * width, (i + 1) * width);
      const id = sha256(text.toWellFormed());
      builder.append({ id, vector });
      known?.set(id, vector);
    });
    // A random name, because two processes may write at the same time.
    await writeTable(join(this.#path(fingerprint), `${crypto.randomUUID()}.arrow`), builder.finish());
  }

  #path(fingerprint: string): string {
    return join(this.folder, "embeddings", fingerprint);
  }

  async #files(fingerprint: string): Promise<string[]> {
    const path = this.#path(fingerprint);
    if (!await exists(path)) return [];
    const files: string[] = [];
    for await (const entry of Deno.readDir(path)) if (entry.name.endsWith(".arrow")) files.push(join(path, entry.name));
    return files.sort();
  }
}

function digest(data: Float32Array): string {
  return sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
