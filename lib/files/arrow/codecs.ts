import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as arrow from "apache-arrow";
import { unpackLz4 } from "../packed/lz4.ts";

/** Limits of unpacked bytes for a buffer without its length. */
const [FLOOR, RATIO] = [64 << 20, 100];

/** Registers the codecs for compressed Arrow buffers: Zstandard, and LZ4 for reading. */
export function registerCodecs(): void {
  const { ZSTD, LZ4_FRAME } = arrow.CompressionType;
  if (arrow.compressionRegistry.get(ZSTD) !== null) return;
  arrow.compressionRegistry.set(ZSTD, {
    encode: (bytes) => new Uint8Array(zstdCompressSync(bytes)),
    decode: (bytes) => {
      const stated = statedLength(bytes);
      // Apache Arrow's JavaScript up to 21 states the packed length instead.
      const mistaken = stated === bytes.length;
      const most = mistaken ? Math.max(FLOOR, RATIO * stated) : Math.max(1, stated);
      const unpacked = zstdDecompressSync(bytes, { maxOutputLength: most });
      if (!mistaken && unpacked.length !== stated) {
        throw new RangeError(`found ${unpacked.length} unpacked bytes, expected ${stated}`);
      }
      return new Uint8Array(unpacked);
    },
  });
  arrow.compressionRegistry.set(LZ4_FRAME, { decode: (bytes) => unpackLz4(bytes, statedLength(bytes)) });
}

/** Writes Arrow files whose compressed buffers state their unpacked length, as the format requires. */
export class FileWriter extends arrow.RecordBatchFileWriter {
  /** Bytes written so far. */
  get position(): number {
    return this._position;
  }

  protected override _compressBodyBuffers(buffers: ArrayBufferView[]) {
    const packed = super._compressBodyBuffers(buffers);
    buffers.forEach(({ byteLength }, i) => {
      const prefix = packed.buffers[2 * i] as Uint8Array<ArrayBuffer>;
      if (prefix.length === 0) return;
      const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.length);
      if (view.getBigInt64(0, true) >= 0n) view.setBigInt64(0, BigInt(byteLength), true);
    });
    return packed;
  }
}

/** The unpacked length, in the eight bytes before a buffer. */
function statedLength(bytes: Uint8Array): number {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset - 8, 8).getBigInt64(0, true));
  if (!(length >= 0 && length < 2 ** 32)) throw new RangeError("a packed buffer states an impossible length");
  return length;
}
