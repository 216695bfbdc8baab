import { ArgumentError, KitError } from "../../core/errors.ts";
import { checkOptions } from "../../core/options.ts";

/**
 * Limits for compressed files, so that a few megabytes cannot fill the memory.
 *
 * @category Tables
 */
export interface UnpackLimits {
  /**
   * Total bytes that the compressed files of a call may unpack to.
   * @default {17179869184}
   */
  mostBytes?: number;
  /**
   * Unpacked bytes per byte on disk; checked from 256 MiB on.
   * @default {100}
   */
  mostRatio?: number;
}

/** Unpacked bytes up to which any ratio is allowed. */
const FLOOR = 256 << 20;

/** Counts the bytes that the compressed files of a call unpack to. */
export class UnpackBudget {
  readonly #mostBytes: number;
  readonly #mostRatio: number;
  #bytes = 0;

  /**
   * A budget with the given limits.
   *
   * @throws {ArgumentError} if a limit is not a positive number.
   */
  constructor(limits: UnpackLimits = {}) {
    checkOptions<UnpackLimits>("unpack", limits, { mostBytes: "number", mostRatio: "number" });
    const { mostBytes = 2 ** 34, mostRatio = 100 } = limits;
    for (const [field, value] of Object.entries({ mostBytes, mostRatio })) {
      if (!(value > 0)) throw new ArgumentError(`${field} must be > 0, found ${value}`, { field: `unpack.${field}` });
    }
    this.#mostBytes = mostBytes;
    this.#mostRatio = mostRatio;
  }

  /**
   * Returns a function that counts unpacked bytes of a file of `packed` bytes on disk, or so far read.
   *
   * @throws {KitError} on a call that exceeds a limit.
   */
  meter(file: string, packed: number | (() => number)): (bytes: number) => void {
    let unpacked = 0;
    return (bytes) => {
      unpacked += bytes;
      this.#bytes += bytes;
      this.#check(file, typeof packed === "number" ? packed : packed(), unpacked, this.#bytes);
    };
  }

  /**
   * Checks a file before it is unpacked, by the size that it states.
   *
   * @throws {KitError} if the size exceeds a limit.
   */
  foresee(file: string, packed: number, unpacked: number): void {
    this.#check(file, packed, unpacked, this.#bytes + unpacked);
  }

  #check(file: string, packed: number, unpacked: number, total: number): void {
    if (total > this.#mostBytes) {
      throw new KitError(
        `Cannot unpack more than ${size(this.#mostBytes)} in all; raise unpack.mostBytes if this is meant`,
        { file },
      );
    }
    if (unpacked > FLOOR && unpacked > this.#mostRatio * packed) {
      throw new KitError(
        `Cannot unpack ${size(packed)} to more than ${this.#mostRatio} times as much; ` +
          "raise unpack.mostRatio if you trust the file",
        { file },
      );
    }
  }
}

/** A size in words: `3.5 MB`. */
function size(bytes: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power > 0 && value < 10 ? 1 : 0)} ${["bytes", "kB", "MB", "GB", "TB"][power]}`;
}
