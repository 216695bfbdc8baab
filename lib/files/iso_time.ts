/** Digits of a fraction of a second, by unit. */
const FRACTION_DIGITS = { second: 0, millisecond: 3, microsecond: 6, nanosecond: 9 } as const;

/** A unit in which a format counts time. */
export type TimeUnit = keyof typeof FRACTION_DIGITS;

/**
 * An instant in ISO 8601 with as many digits as it needs, and with `Z` if it is known to be UTC. An instant outside the
 * years of JavaScript's Date is written as its count.
 *
 * @example
 * ```ts
 * import { timestampText } from "./iso_time.ts";
 * console.log(timestampText(1_500_000n, "microsecond", true)); // 1970-01-01T00:00:01.500Z
 * ```
 */
export function timestampText(value: bigint, unit: TimeUnit, utc: boolean): string {
  const [seconds, fraction] = parts(value, unit);
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${value} ${unit}s`;
  return `${date.toISOString().slice(0, -5)}${fraction}${utc ? "Z" : ""}`;
}

/**
 * A day, counted from 1970-01-01, in ISO 8601.
 *
 * @example
 * ```ts
 * import { dateText } from "./iso_time.ts";
 * console.log(dateText(31)); // 1970-02-01
 * ```
 */
export function dateText(days: number): string {
  const date = new Date(days * 86_400_000);
  return Number.isNaN(date.getTime()) ? `${days} days` : date.toISOString().slice(0, -14);
}

/**
 * A time of day in ISO 8601.
 *
 * @example
 * ```ts
 * import { timeText } from "./iso_time.ts";
 * console.log(timeText(3661n, "second")); // 01:01:01
 * ```
 */
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
