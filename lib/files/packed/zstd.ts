import { createZstdDecompress } from "node:zlib";
import type { BlockReader } from "../block_reader.ts";
import { ZlibStream } from "./zlib_stream.ts";

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** Bytes of a frame's content size, by its flag. */
const SIZE_BYTES = [0, 2, 4, 8];
const DICTIONARY_BYTES = [0, 1, 2, 4];
/** Kinds of blocks: one byte repeated; reserved. */
const [REPEATED, RESERVED] = [1, 3];

/**
 * The content of a Zstandard stream of one or more frames (pzstd, `cat a.zst b.zst`), without skippable ones. Frames are
 * separated here, because node:zlib ends silently at a truncated frame or before another frame. Format: RFC 8878.
 *
 * @throws {RangeError} if it is truncated or broken, or something else follows.
 */
export async function* unzstd(reader: BlockReader): AsyncGenerator<Uint8Array> {
  for (let frame = 1; (await reader.peek(1)).length > 0; frame++) {
    const magic = number(await reader.peek(4));
    if ((magic & 0xfffffff0) === SKIPPABLE) {
      await reader.take(4);
      for (let left = number(await reader.take(4)); left > 0;) {
        const bytes = await reader.next(left);
        if (bytes === undefined) throw new RangeError("it is cut off");
        left -= bytes.length;
      }
      continue;
    }
    if (magic !== FRAME) {
      throw new RangeError(frame === 1 ? "it is not Zstandard" : "something else follows the packed data");
    }
    yield* unpacked(reader);
  }
}

/** One frame, block by block. */
async function* unpacked(reader: BlockReader): AsyncGenerator<Uint8Array> {
  using stream = new ZlibStream(createZstdDecompress());
  for await (const part of frameParts(reader)) yield* await stream.write(part);
  yield* await stream.end();
}

/** The bytes of one frame: its header, each of its blocks, its checksum. */
async function* frameParts(reader: BlockReader): AsyncGenerator<Uint8Array> {
  const descriptor = (await reader.peek(5))[4];
  const single = (descriptor >> 5 & 1) === 1;
  const sizeBytes = SIZE_BYTES[descriptor >> 6] || (single ? 1 : 0);
  yield await reader.take(5 + (single ? 0 : 1) + DICTIONARY_BYTES[descriptor & 3] + sizeBytes);
  for (let last = false; !last;) {
    const header = number(await reader.peek(3));
    last = (header & 1) === 1;
    const kind = header >> 1 & 3;
    if (kind === RESERVED) throw new RangeError("a block is of an unknown kind");
    yield await reader.take(3 + (kind === REPEATED ? 1 : header >> 3));
  }
  if (descriptor & 4) yield await reader.take(4);
}

/** Three or four bytes as a number, the least significant first. @throws {RangeError} if there are fewer. */
function number(bytes: Uint8Array): number {
  if (bytes.length < 3) throw new RangeError("it is cut off");
  return (bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (bytes[3] ?? 0) << 24) >>> 0;
}
