const MAGIC = 0x184d2204;
const [SIZE, CHECKSUM, BLOCK_CHECKSUMS, DICTIONARY] = [8, 4, 16, 1];

/**
 * Unpacks LZ4 frames to exactly `length` bytes. Checksums are skipped, since Arrow's writers write none. Format:
 * https://github.com/lz4/lz4/tree/dev/doc
 *
 * @throws {RangeError} if a frame is broken, or the length differs.
 */
export function unpackLz4(bytes: Uint8Array, length: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const output = new Uint8Array(length);
  let written = 0;
  let at = 0;
  while (at < bytes.length) {
    if (view.getUint32(at, true) !== MAGIC) throw new RangeError("it is not an LZ4 frame");
    const flags = view.getUint8(at + 4);
    if (flags >> 6 !== 1 || flags & DICTIONARY) throw new RangeError("its LZ4 frame is of an unknown kind");
    at += 7 + (flags & SIZE ? 8 : 0);
    const start = written;
    for (let size = view.getUint32(at, true); size !== 0; size = view.getUint32(at, true)) {
      const stored = size >= 2 ** 31;
      const end = at + 4 + (size & 0x7fffffff);
      if (end > bytes.length) throw new RangeError("an LZ4 block is cut off");
      const block = bytes.subarray(at + 4, end);
      if (stored) {
        if (written + block.length > length) throw new RangeError("more came out than is stated");
        output.set(block, written);
        written += block.length;
      } else written = unpackBlock(block, output, written, start);
      at = end + (flags & BLOCK_CHECKSUMS ? 4 : 0);
    }
    at += 4 + (flags & CHECKSUM ? 4 : 0);
  }
  if (written !== length) throw new RangeError(`found ${written} unpacked bytes, expected ${length}`);
  return output;
}

/**
 * Unpacks one LZ4 block, without a frame, to exactly `length` bytes.
 *
 * @throws {RangeError} if the block is broken, or the length differs.
 */
export function unpackLz4Block(block: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  const written = unpackBlock(block, output, 0, 0);
  if (written !== length) throw new RangeError(`found ${written} unpacked bytes, expected ${length}`);
  return output;
}

/** Appends a block to the `written` bytes of the output; matches reach back to `start`. Returns the new end. */
function unpackBlock(block: Uint8Array, output: Uint8Array, written: number, start: number): number {
  let at = 0;
  const extended = (length: number) => {
    for (let more = 255; length >= 15 && more === 255; length += more) {
      if (at >= block.length) throw new RangeError("an LZ4 block is cut off");
      more = block[at++];
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = extended(token >> 4);
    if (at + literals > block.length || written + literals > output.length) {
      throw new RangeError("an LZ4 block leaves its bounds");
    }
    output.set(block.subarray(at, at + literals), written);
    at += literals;
    written += literals;
    // The last sequence has only literals.
    if (at === block.length) break;
    const back = block[at] | block[at + 1] << 8;
    at += 2;
    const length = extended(token & 15) + 4;
    if (!(back > 0 && written - back >= start && written + length <= output.length)) {
      throw new RangeError("an LZ4 match leaves its bounds");
    }
    if (back >= length) output.copyWithin(written, written - back, written - back + length);
    else for (let i = 0; i < length; i++) output[written + i] = output[written + i - back];
    written += length;
  }
  return written;
}
