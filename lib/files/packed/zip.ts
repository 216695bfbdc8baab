import {
  ERR_BAD_FORMAT,
  ERR_EOCDR_NOT_FOUND,
  ERR_INVALID_CRC32,
  ERR_SPLIT_ZIP_FILE,
  type FileEntry,
  Reader,
  ZipReader,
} from "@zip.js/zip.js";
import { KitError } from "../../core/errors.ts";
import { fileError } from "../../core/files.ts";
import type { ByteSource, FileTree } from "../byte_source.ts";
import { unpackedSource } from "./unpack.ts";
import { UnpackBudget, type UnpackLimits } from "./unpack_limits.ts";

/** Compression methods that are not supported. */
const METHODS: Readonly<Record<number, string>> = {
  1: "shrink",
  6: "implode",
  9: "Deflate64",
  12: "bzip2",
  14: "LZMA",
  93: "Zstandard",
  95: "xz",
  98: "PPMd",
  99: "AES",
};
const [STORED, DEFLATED] = [0, 8];

/** Errors of zip.js in words. */
const REASONS: readonly [found: string, message: string][] = [
  [ERR_BAD_FORMAT, "it is truncated, or not a zip file"],
  [ERR_EOCDR_NOT_FOUND, "its directory is missing; it is truncated, or not a zip file"],
  [ERR_SPLIT_ZIP_FILE, "it is one part of several; join them first (zip -s 0 FIRST.zip --out WHOLE.zip)"],
  [ERR_INVALID_CRC32, "its checksum differs"],
];

/**
 * The files of a zip archive, unpacked as they are read, never to disk; sizes and checksums are verified. Hidden files
 * (`.DS_Store`, `._x`) and `__MACOSX` are ignored, as in a folder.
 *
 * @throws {KitError} if it is not a zip file, is broken or encrypted, uses another method than deflate, exceeds `limits`, or
 * an entry's path leaves its folder.
 */
export async function zipTree(path: string, limits?: UnpackLimits | UnpackBudget): Promise<FileTree> {
  const budget = limits instanceof UnpackBudget ? limits : new UnpackBudget(limits);
  const files = new Map<string, ByteSource>();
  const fail = (what: string): never => {
    throw new KitError(`Cannot read a zip file: ${what}`, { file: path });
  };
  for (const entry of await entriesOf(path, fail)) {
    const name = safeName(entry.filename, fail);
    if (entry.directory || name.split("/").some((step) => step.startsWith(".") || step === "__MACOSX")) continue;
    if (files.has(name)) fail(`its entry ${name} is there twice`);
    if (entry.encrypted) fail(`its entry ${name} is encrypted; unpack it with its password first`);
    if (entry.symlink) fail(`its entry ${name} is a link; pack the file itself`);
    if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
      const method = METHODS[entry.compressionMethod] ?? `method ${entry.compressionMethod}`;
      fail(`its entry ${name} is packed by ${method}, expected deflate; unpack it and load the folder`);
    }
    const source = {
      name: `${path}:${name}`,
      size: entry.compressedSize,
      budget,
      open: () => unpacked(path, entry, budget),
    };
    files.set(name, unpackedSource(source));
  }
  if (files.size === 0) fail("it holds no files");
  return { name: path, files };
}

async function entriesOf(path: string, fail: (what: string) => never): Promise<FileEntry[]> {
  try {
    const { size } = await Deno.stat(path);
    if (size === 0) fail("it is empty");
    const reader = new ZipReader(new FileReader(path, size), { useWebWorkers: false, filenameValidation: "tolerant" });
    return await reader.getEntries() as FileEntry[];
  } catch (cause) {
    throw zipError(path, cause);
  }
}

/** The path of an entry with forward slashes, without `./`. */
function safeName(name: string, fail: (what: string) => never): string {
  const steps = name.replaceAll("\\", "/").split("/");
  if (steps[0] === "" || /^[a-z]:/i.test(name) || name.includes("\0") || steps.includes("..")) {
    fail(`its entry ${JSON.stringify(name)} leaves its folder`);
  }
  return steps.filter((step) => step !== "." && step !== "").join("/");
}

async function* unpacked(path: string, entry: FileEntry, budget: UnpackBudget): AsyncGenerator<Uint8Array> {
  const file = `${path}:${entry.filename}`;
  budget.foresee(file, entry.compressedSize, entry.uncompressedSize);
  const meter = budget.meter(file, entry.compressedSize);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const reader = readable.getReader();
  const written = entry.getData(writable, { checkSignature: true, useWebWorkers: false });
  // A failure before the first byte would leave the stream open forever.
  const failed = written.then(() => new Promise<never>(() => {}));
  failed.catch(() => {});
  try {
    while (true) {
      const { done, value } = await Promise.race([reader.read(), failed]);
      if (done) break;
      meter(value.length);
      yield value;
    }
    await written;
  } catch (cause) {
    throw zipError(file, cause);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** An error of zip.js or of the system as a {@link KitError}. */
function zipError(file: string, cause: unknown): unknown {
  const known = fileError("read", file, cause);
  if (known !== cause || cause instanceof KitError || !(cause instanceof Error)) return known;
  const why = REASONS.find(([found]) => cause.message.startsWith(found))?.[1] ?? cause.message;
  return new KitError(`Cannot read a zip file: ${why}`, { file }, { cause });
}

/** Random access to a file, for zip.js. */
class FileReader extends Reader<string> {
  readonly #path: string;

  constructor(path: string, size: number) {
    super(path);
    this.#path = path;
    this.size = size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    using file = await Deno.open(this.#path);
    await file.seek(index, Deno.SeekMode.Start);
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - index)));
    let at = 0;
    while (at < bytes.length) {
      const read = await file.read(bytes.subarray(at));
      if (read === null) break;
      at += read;
    }
    return bytes.subarray(0, at);
  }
}
