import { crc32, createInflateRaw } from "node:zlib";
import type { BlockReader } from "../block_reader.ts";
import { ZlibStream } from "./zlib_stream.ts";

/** Compressed bytes at a time, at most 64 MB unpacked (1:1032). */
const PIECE = 1 << 16;
const [TEXT, HEADER_CRC, EXTRA, NAME, COMMENT] = [1, 2, 4, 8, 16];

/**
 * The content of a gzip stream of one or more members (`cat a.gz b.gz`, bgzip, pigz), with checksums and sizes verified.
 * Zeros after the last member are padding. Format: RFC 1952.
 *
 * @throws {RangeError} if it is truncated or broken, or something else follows.
 */
export async function* gunzipped(reader: BlockReader): AsyncGenerator<Uint8Array> {
  for (let member = 1;; member++) {
    await skipHeader(reader, member);
    let crc = 0;
    let size = 0;
    for await (const block of inflated(reader)) {
      crc = crc32(block, crc);
      size += block.length;
      yield block;
    }
    const trailer = await reader.take(8);
    const view = new DataView(trailer.buffer, trailer.byteOffset, 8);
    if (view.getUint32(0, true) !== crc) throw new RangeError("its checksum differs");
    if (view.getUint32(4, true) !== size % 2 ** 32) throw new RangeError("its size differs");
    if (await atEnd(reader)) return;
  }
}

async function skipHeader(reader: BlockReader, member: number): Promise<void> {
  const mark = await reader.peek(2);
  if (mark[0] !== 0x1f || (mark[1] ?? 0x8b) !== 0x8b) {
    throw new RangeError(member === 1 ? "it is not gzip" : "something else follows the packed data");
  }
  const header = await reader.take(10);
  const flags = header[3];
  if (header[2] !== 8 || flags > (TEXT | HEADER_CRC | EXTRA | NAME | COMMENT)) {
    throw new RangeError("its header is broken");
  }
  if (flags & EXTRA) {
    const length = await reader.take(2);
    await reader.take(length[0] | length[1] << 8);
  }
  for (const part of [NAME, COMMENT]) {
    if (flags & part) { while ((await reader.take(1))[0] !== 0); }
  }
  if (flags & HEADER_CRC) await reader.take(2);
}

/** Whether only padding follows. */
async function atEnd(reader: BlockReader): Promise<boolean> {
  if ((await reader.peek(1))[0] !== 0) return (await reader.peek(1)).length === 0;
  for await (const block of reader.rest()) {
    if (block.some((byte) => byte !== 0)) throw new RangeError("something else follows the packed data");
  }
  return true;
}

/** Inflates a deflate stream; the reader ends after its last byte. */
async function* inflated(reader: BlockReader): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw();
  using stream = new ZlibStream(inflate);
  for (let unused = 0; unused === 0;) {
    const piece = await reader.next(PIECE);
    if (piece === undefined) break;
    const before = inflate.bytesWritten;
    yield* await stream.write(piece);
    unused = piece.length - (inflate.bytesWritten - before);
    if (unused > 0) reader.giveBack(piece, unused);
  }
  yield* await stream.end();
}
