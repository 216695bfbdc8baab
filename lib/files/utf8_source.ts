import { KitError } from "../core/errors.ts";
import { BlockReader } from "./block_reader.ts";
import type { ByteSource } from "./byte_source.ts";

/**
 * A text as UTF-8; UTF-16 (Windows, Excel) is converted.
 *
 * @throws {KitError} on reading, if the text is in another encoding.
 */
export function utf8Source(source: ByteSource): ByteSource {
  return {
    ...source,
    async *open() {
      const reader = new BlockReader(source.open());
      try {
        const encoding = encodingOf(await reader.peek(4), source.name);
        if (encoding === undefined) return yield* reader.rest();
        const decoder = new TextDecoder(encoding, { fatal: true });
        const encoder = new TextEncoder();
        for await (const block of reader.rest()) yield encoder.encode(decoder.decode(block, { stream: true }));
        yield encoder.encode(decoder.decode());
      } catch (cause) {
        if (!(cause instanceof TypeError)) throw cause;
        throw new KitError("Cannot read text: it starts as UTF-16 but is broken", { file: source.name }, {
          cause,
        });
      } finally {
        await reader.close();
      }
    },
  };
}

/** Advice for text that is not UTF-8, for messages. */
export function convertAdvice(file: string, encoding = "LATIN1"): string {
  return `convert it to UTF-8, such as iconv -f ${encoding} -t UTF-8 ${file}`;
}

function encodingOf([a, b, c, d]: Uint8Array, file: string): "utf-16le" | "utf-16be" | undefined {
  const refuse = (what: string, name: string) => {
    throw new KitError(`Cannot read text: found ${what}, expected UTF-8; ${convertAdvice(file, name)}`, { file });
  };
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? refuse("UTF-32", "UTF-32") : "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return refuse("UTF-32", "UTF-32");
  if (a > 0 && b === 0 && c > 0 && d === 0) return refuse("what looks like UTF-16 without a mark", "UTF-16LE");
  if (a === 0 && b > 0 && c === 0 && d > 0) return refuse("what looks like UTF-16 without a mark", "UTF-16BE");
}
