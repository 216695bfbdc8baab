/** Digits of a fraction of a second by unit. */
export const FRACTION_DIGITS = { second: 0, millisecond: 3, microsecond: 6, nanosecond: 9 } as const;

/** Units in which formats count time. */
export type TimeUnit = keyof typeof FRACTION_DIGITS;

/** Bytes that are no text; JSON has them as base64. */
export class Bytes {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  toJSON(): string {
    return this.#bytes.toBase64();
  }
}

/** {@link JSON.stringify} that keeps all digits of 64-bit integers. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, inner) => typeof inner === "bigint" ? rawNumber(String(inner)) : inner);
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

/** A decimal number: a JavaScript number where that has all digits, else one that JSON writes with all digits. */
export function decimalOf(unscaled: bigint, scale: number): unknown {
  const text = shifted(unscaled, scale);
  const number = Number(text);
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  // 15 digits are always kept.
  return digits.replace(/0+$/, "").length <= 15 ? number : rawNumber(text);
}

/** `unscaled` / 10^scale as decimal digits, without zeros at the end. */
function shifted(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale));
  const sign = unscaled < 0n ? "-" : "";
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -scale)}${fraction && `.${fraction}`}`;
}

/** A number as JSON text has it, for a replacer of {@link JSON.stringify}. */
export function rawNumber(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

/** An instant in ISO 8601 with as many digits as it needs; with `Z` if it is known to be UTC. */
export function timestampText(value: bigint, unit: TimeUnit, utc: boolean): string {
  const [seconds, fraction] = parts(value, unit);
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${value} ${unit}s`;
  return `${date.toISOString().slice(0, -5)}${fraction}${utc ? "Z" : ""}`;
}

/** A day counted from 1970-01-01 in ISO 8601. */
export function dateText(days: number): string {
  const date = new Date(days * 86_400_000);
  return Number.isNaN(date.getTime()) ? `${days} days` : date.toISOString().slice(0, -14);
}

/** A time of day in ISO 8601. */
export function timeText(value: bigint, unit: TimeUnit): string {
  const [seconds, fraction] = parts(value, unit);
  const two = (value: bigint) => String(value).padStart(2, "0");
  return `${two(seconds / 3600n)}:${two(seconds / 60n % 60n)}:${two(seconds % 60n)}${fraction}`;
}

/** Whole seconds, rounded down, and the fraction as `.123`, three digits at a time. */
function parts(value: bigint, unit: TimeUnit): [seconds: bigint, fraction: string] {
  const digits = FRACTION_DIGITS[unit];
  const perSecond = 10n ** BigInt(digits);
  const rest = ((value % perSecond) + perSecond) % perSecond;
  const fraction = String(rest).padStart(digits, "0").replace(/(000)+$/, "");
  return [(value - rest) / perSecond, rest === 0n ? "" : `.${fraction}`];
}
