import type { OptionKinds } from "../core/options.ts";
import { checkCancelled, KitError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import type { ByteSource } from "./byte_source.ts";
import { convertAdvice, utf8Source } from "./utf8_source.ts";
import type { UnpackLimits } from "./packed/unpack_limits.ts";

/**
 * Options for reading a file.
 *
 * @category Tables
 */
export interface ReadOptions {
  /** Cancels the reading. */
  signal?: AbortSignal;
  /** Reports the bytes read. */
  progress?: Progress;
  /** Limits for compressed files. Omit for 16 GiB in total and 100 times the size on disk. */
  unpack?: UnpackLimits;
}

/** Kinds of {@link ReadOptions}. */
export const READ_OPTIONS: OptionKinds<ReadOptions> = {
  signal: "object",
  progress: "object",
  unpack: "object",
};

/** Maximum bytes of a line. */
const LONGEST = 128 << 20;
const NEWLINE = 10;

/** Options of {@link eachLine}. */
export interface LineOptions extends ReadOptions {
  /**
   * Visit blank lines as well, and keep carriage returns at the ends of lines: they may belong to a quoted cell.
   * @default {false}
   */
  whole?: boolean;
}

/**
 * Calls `visit` with every line that is not blank and its number, from 1; returns the number of lines visited. The text is
 * UTF-8, or UTF-16 with a byte order mark. At most a block and a line are held in memory.
 *
 * @throws {KitError} if the source is empty or not UTF-8.
 */
export async function eachLine(
  source: ByteSource,
  visit: (line: string, number: number) => void,
  options: LineOptions = {},
): Promise<number> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let number = 0;
  let visited = 0;
  let bytes = 0;
  const take = (block: Uint8Array) => {
    let text: string;
    try {
      text = decoder.decode(block);
    } catch {
      throw new KitError(`Cannot read text: found bytes that are not UTF-8 (${convertAdvice(source.name)})`, {
        file: source.name,
        line: number + brokenLine(block),
      });
    }
    let from = number === 0 && text.charCodeAt(0) === 0xfeff ? 1 : 0;
    while (from < text.length) {
      let end = text.indexOf("\n", from);
      if (end < 0) end = text.length;
      number++;
      const line = text.slice(from, !options.whole && text.charCodeAt(end - 1) === 13 && end > from ? end - 1 : end);
      from = end + 1;
      if (!options.whole && (line === "" || line.trim() === "")) continue;
      visit(line, number);
      visited++;
    }
  };

  let rest: Uint8Array[] = [];
  let restLength = 0;
  for await (const block of utf8Source(source).open()) {
    checkCancelled(options.signal, `reading ${source.name}`);
    bytes += block.length;
    options.progress?.update(bytes);
    const end = block.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      take(joined([...rest, block.subarray(0, end)], restLength + end));
      rest = [];
      restLength = 0;
    }
    if (end < block.length) {
      rest.push(block.subarray(end));
      restLength += block.length - end;
    }
    if (restLength > LONGEST) {
      throw new KitError(`Cannot read a line of more than ${LONGEST} bytes`, { file: source.name, line: number + 1 });
    }
  }
  if (bytes === 0) throw new KitError("Cannot read an empty file", { file: source.name });
  if (restLength > 0) take(joined(rest, restLength));
  return visited;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The line of a block, from 1, with the first bytes that are not UTF-8. */
function brokenLine(block: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let from = 0; from < block.length; line++) {
    const newline = block.indexOf(NEWLINE, from);
    const end = newline < 0 ? block.length : newline + 1;
    try {
      decoder.decode(block.subarray(from, end));
    } catch {
      return line;
    }
    from = end;
  }
  return line;
}
