import { ArgumentError, KitError } from "../../core/errors.ts";
import { checkOptions } from "../../core/options.ts";

/** How much packed files may unpack to, so that a few megabytes do not fill the memory. */
export interface UnpackLimits {
  /** Bytes that all packed files of one call may unpack to. @default 17179869184 (16 GiB) */
  mostBytes?: number;
  /** Unpacked bytes per byte on disk; checked from 256 MiB on. @default 100 */
  mostRatio?: number;
}

/** Unpacked bytes up to which no ratio is too large. */
const FLOOR = 256 << 20;

/** Counts what the packed files of one call unpack to. */
export class UnpackBudget {
  readonly #mostBytes: number;
  readonly #mostRatio: number;
  #bytes = 0;

  /** @throws {ArgumentError} if a limit is no positive number. */
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
   * A counter for one reading of a file that takes `packed` bytes on disk (or for as many as have been read so far).
   *
   * @returns a function to be called with every number of bytes that comes out, or is about to.
   */
  meter(file: string, packed: number | (() => number)): (bytes: number) => void {
    let unpacked = 0;
    return (bytes) => {
      unpacked += bytes;
      this.#bytes += bytes;
      this.#check(file, typeof packed === "number" ? packed : packed(), unpacked, this.#bytes);
    };
  }

  /** Refuses a file before it is unpacked, by the `unpacked` bytes that it states. */
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

/** Bytes for a reader: `3.5 MB`. */
function size(bytes: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power > 0 && value < 10 ? 1 : 0)} ${["bytes", "kB", "MB", "GB", "TB"][power]}`;
}
