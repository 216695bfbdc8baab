import { crc32 } from "node:zlib";
import { KitError } from "../core/errors.ts";
import { fileError } from "../core/files.ts";
import { type ByteSource, type FileTree, maybeGunzipped } from "./source.ts";

/** Bytes of the end record and of the longest comment behind it. */
const END_SEARCH = 22 + 65535;
const BLOCK = 1 << 20;

interface Entry {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  offset: number;
}

/**
 * The files of a zip archive, unpacked as they are read, never onto the disk; sizes and checksums are verified. Stored
 * and deflated entries, zip64. Format: PKWARE APPNOTE 6.3.
 *
 * @throws {KitError} if it is no zip file, is broken, encrypted, or an entry's path leaves its folder.
 */
export async function zipTree(path: string): Promise<FileTree> {
  const files = new Map<string, ByteSource>();
  for (const entry of await directory(path)) {
    const { name } = entry;
    const unsafe = name.startsWith("/") || name.includes("\\") || name.includes("\0") || /^[a-z]:/i.test(name) ||
      name.split("/").some((step) => step === ".." || step === ".");
    if (unsafe) {
      throw new KitError(`Cannot read a zip file: its entry ${JSON.stringify(name)} leaves its folder`, { file: path });
    }
    if (name.endsWith("/") || name.startsWith("__MACOSX/")) continue;
    if (files.has(name)) throw new KitError(`Cannot read a zip file: its entry ${name} is there twice`, { file: path });
    files.set(name, maybeGunzipped({ name: `${path}:${name}`, open: () => unpacked(path, entry) }));
  }
  if (files.size === 0) throw new KitError("Cannot read a zip file: it holds no files", { file: path });
  return { name: path, files };
}

async function directory(path: string): Promise<Entry[]> {
  const fail = (what: string): never => {
    throw new KitError(`Cannot read a zip file: ${what}`, { file: path });
  };
  try {
    using file = await Deno.open(path);
    const { size } = await file.stat();
    if (size === 0) fail("it is empty");
    const tail = await bytesAt(file, Math.max(0, size - END_SEARCH), Math.min(size, END_SEARCH));
    let end = tail.length - 22;
    while (end >= 0 && view(tail).getUint32(end, true) !== 0x06054b50) end--;
    if (end < 0) fail("its directory is missing; it is cut off, or no zip file");
    let count = view(tail).getUint16(end + 10, true);
    let length = view(tail).getUint32(end + 12, true);
    let offset = view(tail).getUint32(end + 16, true);
    if (end >= 20 && view(tail).getUint32(end - 20, true) === 0x07064b50) {
      const at = Number(view(tail).getBigUint64(end - 12, true));
      if (at + 56 > size) fail("its directory leaves the file");
      const large = view(await bytesAt(file, at, 56));
      count = Number(large.getBigUint64(32, true));
      length = Number(large.getBigUint64(40, true));
      offset = Number(large.getBigUint64(48, true));
    }
    if (!(offset + length <= size)) fail("its directory leaves the file");
    return [...entries(await bytesAt(file, offset, length), count, size, fail)];
  } catch (cause) {
    if (cause instanceof RangeError) fail("its directory is broken");
    throw fileError("read", path, cause);
  }
}

function* entries(bytes: Uint8Array, count: number, fileSize: number, fail: (what: string) => never): Generator<Entry> {
  const data = view(bytes);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (data.getUint32(at, true) !== 0x02014b50) fail("its directory is broken");
    const flags = data.getUint16(at + 8, true);
    const nameLength = data.getUint16(at + 28, true);
    const extraLength = data.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + data.getUint16(at + 32, true);
    if (next > bytes.length) fail("its directory is broken");
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (flags & 1) fail(`its entry ${name} is encrypted`);
    const entry: Entry = {
      name,
      method: data.getUint16(at + 10, true),
      crc: data.getUint32(at + 16, true),
      packed: data.getUint32(at + 20, true),
      size: data.getUint32(at + 24, true),
      offset: data.getUint32(at + 42, true),
    };
    enlarge(entry, data, at + 46 + nameLength, at + 46 + nameLength + extraLength);
    if (entry.method !== 0 && entry.method !== 8) fail(`its entry ${name} is packed by method ${entry.method}`);
    if (!(entry.offset + 30 + entry.packed <= fileSize)) fail(`its entry ${name} leaves the file`);
    yield entry;
    at = next;
  }
}

/** Takes 64-bit sizes from the zip64 field, which has those that do not fit into 32 bits. */
function enlarge(entry: Entry, data: DataView, from: number, to: number): void {
  while (from + 4 <= to) {
    const id = data.getUint16(from, true);
    let at = from + 4;
    from = at + data.getUint16(from + 2, true);
    if (id !== 1) continue;
    for (const key of ["size", "packed", "offset"] as const) {
      if (entry[key] !== 0xffffffff) continue;
      entry[key] = Number(data.getBigUint64(at, true));
      at += 8;
    }
  }
}

async function* unpacked(path: string, entry: Entry): AsyncGenerator<Uint8Array> {
  const name = `${path}:${entry.name}`;
  const fail = (what: string): never => {
    throw new KitError(`Cannot read a zip file: ${what}`, { file: name });
  };
  let crc = 0;
  let size = 0;
  try {
    const raw = packed(path, entry, fail);
    const blocks = entry.method === 0 ? raw : (ReadableStream.from(raw) as ReadableStream<Uint8Array<ArrayBuffer>>)
      .pipeThrough(new DecompressionStream("deflate-raw"));
    for await (const block of blocks) {
      size += block.length;
      if (size > entry.size) fail(`more than the stated ${entry.size} bytes came out`);
      crc = crc32(block, crc);
      yield block;
    }
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof RangeError) fail(cause.message);
    throw fileError("read", name, cause);
  }
  if (size !== entry.size) fail(`found ${size} bytes, wanted ${entry.size}`);
  if (crc !== entry.crc) fail("its checksum differs");
}

async function* packed(path: string, entry: Entry, fail: (what: string) => never): AsyncGenerator<Uint8Array> {
  using file = await Deno.open(path);
  const header = view(await bytesAt(file, entry.offset, 30));
  if (header.getUint32(0, true) !== 0x04034b50) fail("its header is broken");
  let at = entry.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  for (const end = at + entry.packed; at < end;) {
    const block = await bytesAt(file, at, Math.min(BLOCK, end - at));
    at += block.length;
    yield block;
  }
}

/** Exactly `length` bytes. @throws {RangeError} if the file ends before. */
async function bytesAt(file: Deno.FsFile, position: number, length: number): Promise<Uint8Array> {
  await file.seek(position, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) throw new RangeError("the file is cut off");
    at += read;
  }
  return bytes;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
