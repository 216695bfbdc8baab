// deno-lint-ignore-file no-control-regex -- the first bytes of packed files are control characters
import { KitError } from "../../core/errors.ts";
import { BlockReader } from "../block_reader.ts";
import { gunzipped } from "./gzip.ts";
import type { ByteSource } from "../byte_source.ts";
import { UnpackBudget } from "./unpack_limits.ts";
import { unzstd } from "./zstd.ts";

/** Endings of compressed files and archives, also of those that are refused with advice. */
export const PACKED = /\.(gz|gzip|zst|zstd|bz2|xz|lzma|lz4|br|z|7z|rar|tar|tgz|tbz2?|txz)$/i;

/** First bytes that identify a format, up to tar's mark. */
export const HEAD = 262;
/** The start of a Git LFS pointer. */
const POINTER = "version https://git-lfs.github.com/spec/v1";

/** Formats by their first bytes (each byte as a letter), with the command that unpacks them. */
const FORMATS: readonly [name: string, mark: RegExp, command: string][] = [
  ["gzip", /^\x1f\x8b/, "gunzip"],
  ["Zstandard", /^(\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)/, "unzstd"],
  ["bzip2", /^BZh[1-9](1AY&SY|\x17rE8P\x90)/, "bunzip2"],
  ["xz", /^\xfd7zXZ\0/, "unxz"],
  ["LZ4", /^\x04"M\x18/, "unlz4"],
  ["7-Zip", /^7z\xbc\xaf\x27\x1c/, "7z x"],
  ["RAR", /^Rar!\x1a\x07/, "unrar x"],
  ["compress", /^\x1f\x9d/, "uncompress"],
  ["zip", /^PK(\x03\x04|\x05\x06|\x07\x08)/, "unzip"],
  ["tar", /^[^]{257}ustar/, "tar -xf"],
];

/**
 * A source whose gzip or Zstandard content is decompressed, whatever its name. Reading any other compressed file or a Git
 * LFS pointer fails with advice.
 */
export function unpackedSource(source: ByteSource): ByteSource {
  return {
    ...source,
    async *open() {
      const reader = new BlockReader(source.open());
      let inner: BlockReader | undefined;
      let format: string | undefined;
      try {
        const head = await reader.peek(HEAD);
        format = formatOf(head, source.name);
        if (format === undefined) return yield* reader.rest();
        const unpack = format === "gzip" ? gunzipped : unzstd;
        const meter = (source.budget ?? new UnpackBudget()).meter(source.name, source.size ?? (() => reader.taken));
        inner = new BlockReader(metered(unpack(reader), meter));
        const [name, command] = packedBy(await inner.peek(HEAD)) ?? [];
        if (name) {
          const advice = name === "tar" ? `${command} ${source.name}` : `${format}, then ${name}`;
          throw new KitError(`Cannot read a ${name} file inside a ${format} file: unpack it first (${advice})`, {
            file: source.name,
          });
        }
        yield* inner.rest();
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause;
        throw new KitError(`Cannot unpack ${format}: ${cause.message}`, { file: source.name }, { cause });
      } finally {
        await inner?.close();
        await reader.close();
      }
    },
  };
}

/** "gzip", "Zstandard", or undefined if not compressed. @throws {KitError} for other formats. */
function formatOf(head: Uint8Array, file: string): "gzip" | "Zstandard" | undefined {
  const [name, command] = packedBy(head) ?? [];
  if (name === "gzip" || name === "Zstandard") return name;
  if (name) throw new KitError(`Cannot read a ${name} file: unpack it first (${command} ${file})`, { file });
  refusePointer(head, file);
  const ending = PACKED.exec(file)?.[0];
  if (ending && head.length > 0) {
    throw new KitError(`Cannot unpack a file: its name ends in ${ending}, but its content is not packed that way`, {
      file,
    });
  }
}

/** The compressed format of a file by its first bytes, with the command that unpacks it; undefined for other files. */
export function packedBy(head: Uint8Array): [name: string, command: string] | undefined {
  const letters = Array.from(head, (byte) => String.fromCharCode(byte)).join("");
  const [name, , command] = FORMATS.find(([, mark]) => mark.test(letters)) ?? [];
  return name === undefined ? undefined : [name, command!];
}

/**
 * Refuses a Git LFS pointer.
 *
 * @throws {KitError} if the first bytes are those of a pointer.
 */
export function refusePointer(head: Uint8Array | string, file: string): void {
  const text = typeof head === "string" ? head : new TextDecoder().decode(head.subarray(0, POINTER.length));
  if (!text.startsWith(POINTER)) return;
  throw new KitError(
    "Cannot read a Git LFS pointer: the file itself was not fetched; run git lfs install and git lfs pull in its repository",
    { file },
  );
}

async function* metered(blocks: AsyncIterable<Uint8Array>, meter: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const block of blocks) {
    meter(block.length);
    yield block;
  }
}
