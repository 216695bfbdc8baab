import { rawNumber } from "./exact_json.ts";

/** Bytes that are not text; JSON has them in base64. */
export class Bytes {
  readonly #bytes: Uint8Array;

  /** Bytes of a cell. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The bytes in base64. */
  toJSON(): string {
    return this.#bytes.toBase64();
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text if they are UTF-8, else as {@link Bytes}. */
export function textOrBytes(bytes: Uint8Array): string | Bytes {
  try {
    return decoder.decode(bytes);
  } catch {
    return new Bytes(bytes.slice());
  }
}

/**
 * The decimal number `unscaled` / 10^`scale`: a JavaScript number if that keeps all digits, else one that JSON writes
 * with all digits.
 */
export function decimalOf(unscaled: bigint, scale: number): unknown {
  const text = shifted(unscaled, scale);
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  // A double keeps any 15 digits.
  return digits.replace(/0+$/, "").length <= 15 ? Number(text) : rawNumber(text);
}

/** `unscaled` / 10^scale as decimal digits, without zeros at the end. */
function shifted(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const sign = unscaled < 0n ? "-" : "";
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -scale)}${fraction && `.${fraction}`}`;
}
