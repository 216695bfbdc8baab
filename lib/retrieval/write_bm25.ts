import { KitError } from "../core/errors.ts";
import { writeFolder } from "../core/write_folder.ts";
import { manifestDigest } from "./bm25_files.ts";
import type { Ids } from "./ids.ts";
import type { Bm25Parts } from "./postings.ts";

/** Bytes written at once. */
const BLOCK = 1 << 22;

/** Writes an index to a folder, whole or not at all. */
export async function writeBm25(
  folder: string,
  { postings, ids, analyzer, formula }: Bm25Parts,
): Promise<void> {
  const { id, choice } = analyzer;
  if (id === undefined || choice === undefined) {
    throw new KitError("Cannot save a BM25 index with an analyzer of your own: give bm25 one by name", {
      file: folder,
    });
  }
  await writeFolder(folder, async (temporary) => {
    const write = new Writer(temporary);
    const terms = postings.terms;
    await write.texts("terms", terms.size, terms.keys());
    await write.texts("ids", ids.length, idsIn(ids));
    const offsets = new Float64Array(terms.size + 1);
    await write.file("rows", function* () {
      for (let t = 0; t < terms.size; t++) {
        const { rows } = postings.of(t);
        offsets[t + 1] = offsets[t] + rows.length;
        yield bytesOf(rows);
      }
    });
    await write.file("impacts", function* () {
      for (let t = 0; t < terms.size; t++) yield bytesOf(postings.of(t).impacts);
    });
    await write.file("offsets", () => [bytesOf(offsets)]);
    await write.file("absent", () => [bytesOf(postings.absent)]);
    const manifest = {
      ...{ format: "syneg-bm25" as const, version: 1 as const, analyzer: id, choice, formula },
      ...{ documents: ids.length, terms: terms.size, postings: offsets[terms.size], bytes: write.sizes },
    };
    const text = JSON.stringify({ ...manifest, digest: manifestDigest(manifest) }, null, 2);
    await Deno.writeTextFile(`${temporary}/bm25.json`, `${text}\n`);
  }, { doing: "save a BM25 index" });
}

/** Writes files of a folder in large blocks and keeps their sizes. */
class Writer {
  readonly sizes: Record<string, number> = {};
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async file(name: string, parts: () => Iterable<Uint8Array>): Promise<void> {
    using file = await Deno.open(`${this.#folder}/${name}`, { write: true, createNew: true });
    const buffer = new Uint8Array(BLOCK);
    let used = 0;
    let size = 0;
    const write = async (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    };
    for (const part of parts()) {
      size += part.length;
      if (used + part.length > BLOCK) {
        await write(buffer.subarray(0, used));
        used = 0;
      }
      if (part.length > BLOCK) await write(part);
      else {
        buffer.set(part, used);
        used += part.length;
      }
    }
    await write(buffer.subarray(0, used));
    await file.sync();
    this.sizes[name] = size;
  }

  /** Concatenated strings, with the offset of each. */
  async texts(name: string, count: number, texts: Iterable<string>): Promise<void> {
    const offsets = new Float64Array(count + 1);
    const encoder = new TextEncoder();
    await this.file(`${name}.text`, function* () {
      let i = 0;
      for (const text of texts) {
        const bytes = encoder.encode(text);
        offsets[i + 1] = offsets[i] + bytes.length;
        i++;
        yield bytes;
      }
    });
    await this.file(`${name}.offsets`, () => [bytesOf(offsets)]);
  }
}

function* idsIn(ids: Ids): Generator<string> {
  for (let row = 0; row < ids.length; row++) yield ids.at(row);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
