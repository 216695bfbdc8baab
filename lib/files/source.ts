import { join, relative, sep } from "node:path";
import { fileError } from "../core/files.ts";
import type { ByteSource, FileTree } from "./byte_source.ts";
import { HEAD, unpackedSource } from "./packed/unpack.ts";
import { UnpackBudget, type UnpackLimits } from "./packed/unpack_limits.ts";

/** Bytes of a block. */
const BLOCK = 1 << 20;

/** A file on disk; gzip and Zstandard are decompressed. */
export function fileSource(path: string, limits?: UnpackLimits | UnpackBudget): ByteSource {
  const budget = limits instanceof UnpackBudget ? limits : new UnpackBudget(limits);
  return unpackedSource({
    name: path,
    path,
    budget,
    async *open() {
      let file: Deno.FsFile;
      try {
        file = await Deno.open(path);
      } catch (cause) {
        throw fileError("read", path, cause);
      }
      try {
        while (true) {
          const block = new Uint8Array(BLOCK);
          const read = await file.read(block);
          if (read === null) return;
          yield block.subarray(0, read);
        }
      } catch (cause) {
        throw fileError("read", path, cause);
      } finally {
        file.close();
      }
    },
  });
}

/**
 * Reads a text file, also a compressed one.
 *
 * @throws {KitError} if it cannot be read.
 *
 * @category Tables
 *
 * @example
 * ```ts
 * import { readText } from "./source.ts";
 * const file = await Deno.makeTempFile();
 * await Deno.writeTextFile(file, "tram noise");
 * console.log(await readText(file)); // tram noise
 * ```
 */
export async function readText(path: string): Promise<string> {
  return await new Response(ReadableStream.from(fileSource(path).open()) as ReadableStream<Uint8Array<ArrayBuffer>>)
    .text();
}

/** Reads the whole content of a source. */
export async function readAll(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  // In one piece, so that a large Arrow file is in memory once.
  if (source.path !== undefined && await beginsWith(source.path, "ARROW1")) return await readFile(source.path);
  const blocks: Uint8Array[] = [];
  let length = 0;
  for await (const block of source.open()) {
    blocks.push(block);
    length += block.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}

async function beginsWith(path: string, mark: string): Promise<boolean> {
  return new TextDecoder("latin1").decode((await readHead(path)).subarray(0, mark.length)) === mark;
}

/**
 * Reads a file into a buffer of its size, twice as fast as `Deno.readFile`.
 *
 * @throws {KitError} if it cannot be read.
 */
export async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    using file = await Deno.open(path);
    const bytes = new Uint8Array((await file.stat()).size);
    let at = 0;
    for (let read = 0; at < bytes.length; at += read) {
      const got = await file.read(bytes.subarray(at));
      if (got === null) break;
      read = got;
    }
    return bytes.subarray(0, at);
  } catch (cause) {
    throw fileError("read", path, cause);
  }
}

/**
 * Reads the first bytes of a file, not decompressed.
 *
 * @throws {KitError} if it cannot be read.
 */
export async function readHead(path: string): Promise<Uint8Array> {
  try {
    using file = await Deno.open(path);
    const bytes = new Uint8Array(HEAD);
    return bytes.subarray(0, await file.read(bytes) ?? 0);
  } catch (cause) {
    throw fileError("read", path, cause);
  }
}

/**
 * The files of a folder and its subfolders, except hidden ones.
 *
 * @throws {KitError} if it cannot be read.
 */
export async function folderTree(folder: string, limits?: UnpackLimits | UnpackBudget): Promise<FileTree> {
  const budget = limits instanceof UnpackBudget ? limits : new UnpackBudget(limits);
  const files = new Map<string, ByteSource>();
  const visit = async (path: string) => {
    const entries = await Array.fromAsync(Deno.readDir(path));
    for (const entry of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
      if (entry.name.startsWith(".")) continue;
      const inner = join(path, entry.name);
      const { isDirectory, isFile } = entry.isSymlink ? await Deno.stat(inner) : entry;
      if (isDirectory) await visit(inner);
      else if (isFile) files.set(relative(folder, inner).replaceAll(sep, "/"), fileSource(inner, budget));
    }
  };
  try {
    await visit(folder);
  } catch (cause) {
    throw fileError("read", folder, cause);
  }
  return { name: folder, files };
}
