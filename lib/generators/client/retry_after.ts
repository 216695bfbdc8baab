const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(ms|millis(econds?)?|milliseconds?)$/i, 1],
  [/^(s|secs?|seconds?)$/i, 1000],
  [/^(m|mins?|minutes?)$/i, 60_000],
  [/^(h|hrs?|hours?)$/i, 3_600_000],
  [/^(d|days?)$/i, 86_400_000],
];
const UNIT = "(?:ms|millis(?:econds?)?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)";
const SPAN = `\\d+(?:\\.\\d+)?\\s*${UNIT}\\b(?:,?\\s*(?:and\\s+)?\\d+(?:\\.\\d+)?\\s*${UNIT}\\b)*`;
/** A duration without spaces: "6m0s". */
const TIGHT = `(?:\\d+(?:\\.\\d+)?${UNIT})+`;
const ISO = "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|[+-]\\d\\d:?\\d\\d)?";
const ASKED = "\\b(?:try|retry|retrying|again|wait|available|reset|resets)\\b[^.;\\d]{0,60}?";
const IN_WORDS = new RegExp(`${ASKED}(${ISO}|${TIGHT}\\b|${SPAN})`, "i");
const BARE = /\b(?:retry after|retry in|try again in|try again after|wait)\s+(\d+(?:\.\d+)?)(?=\s*(?:$|[.,;!)]))/i;
const FIELD =
  /^(?:retry_?(?:delay|after|in)|estimated_time|wait_?time|reset_?(?:after|in|at))(?:_?(ms|millis|milliseconds|s|secs?|seconds?))?$/i;

/**
 * Milliseconds that a server asks to wait before the next attempt: by `retry-after-ms` or `retry-after` (seconds, a
 * duration, a date), a field of the body (Gemini's `retryDelay`, `retry_after`), its message ("Please try again in
 * 1.2s"), or the reset of an exhausted rate limit. Undefined if it asks for nothing.
 *
 * @param body Body of the response: JSON or text.
 * @param options `now`: milliseconds since 1970; `limited`: whether resets of rate limits count, @default {true}
 */
export function retryAfter(
  headers: Headers | undefined,
  body?: unknown,
  { now = Date.now(), limited = true }: { now?: number; limited?: boolean } = {},
): number | undefined {
  const explicit = span(headers?.get("retry-after-ms"), { now, unit: 1 }) ??
    span(headers?.get("x-ms-retry-after-ms"), { now, unit: 1 }) ?? span(headers?.get("retry-after"), { now });
  return explicit ?? fromFields(body, now, 0) ?? fromWords(body, now, 0) ??
    (limited ? fromLimits(headers, now) : undefined);
}

/** Milliseconds of a duration or until a time: "45s", "6m0s", 45, an epoch, a date; numbers are in `unit` milliseconds. */
function span(value: unknown, { now, unit = 1000 }: { now: number; unit?: number }): number | undefined {
  if (typeof value === "number") {
    if (!Number.isFinite(value) || value < 0) return undefined;
    // A large number is a time, not a duration: seconds or milliseconds since 1970.
    if (value >= 1e12) return Math.max(0, value - now);
    return value >= 1e9 ? Math.max(0, value * 1000 - now) : value * unit;
  }
  if (value !== null && typeof value === "object") {
    const { seconds, nanos } = value as { seconds?: unknown; nanos?: unknown };
    return seconds === undefined && nanos === undefined
      ? undefined
      : Number(seconds ?? 0) * 1000 + Number(nanos ?? 0) / 1e6 || undefined;
  }
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return span(Number(text), { now, unit });
  if (/^-/.test(text)) return undefined;
  const parts = [...text.matchAll(new RegExp(`(\\d+(?:\\.\\d+)?)\\s*(${UNIT})(?![a-z])`, "gi"))];
  const rest = parts.reduce((left, [whole]) => left.replace(whole, ""), text).replace(/,|\band\b|\s/gi, "");
  if (parts.length > 0 && rest === "") {
    return parts.reduce((sum, [, count, name]) => sum + Number(count) * unitOf(name), 0);
  }
  const moment = /[a-z]{3}|\d{4}-\d\d/i.test(text) ? Date.parse(text) : NaN;
  return Number.isFinite(moment) ? Math.max(0, moment - now) : undefined;
}

function unitOf(name: string): number {
  return UNITS.find(([pattern]) => pattern.test(name))![1];
}

function fromFields(value: unknown, now: number, depth: number): number | undefined {
  if (value === null || typeof value !== "object" || depth > 6) return undefined;
  for (const [name, field] of Object.entries(value)) {
    const unit = FIELD.exec(name.replaceAll("-", "_"));
    const found = unit ? span(field, { now, unit: /^m/i.test(unit[1] ?? "") ? 1 : 1000 }) : undefined;
    if (found !== undefined) return found;
    if (name === "headers" && field !== null && typeof field === "object") {
      const within = retryAfter(headersOf(field), undefined, { now });
      if (within !== undefined) return within;
    }
  }
  return first(Object.values(value), (field) => fromFields(field, now, depth + 1));
}

function fromWords(value: unknown, now: number, depth: number): number | undefined {
  if (typeof value === "string") {
    const text = value.slice(0, 4000);
    return span(IN_WORDS.exec(text)?.[1], { now }) ?? span(BARE.exec(text)?.[1], { now });
  }
  if (value === null || typeof value !== "object" || depth > 6) return undefined;
  return first(Object.values(value), (field) => fromWords(field, now, depth + 1));
}

/** Milliseconds until exhausted limits are reset; a limit without a remaining count is taken as exhausted. */
function fromLimits(headers: Headers | undefined, now: number): number | undefined {
  const waits = [...headers ?? []].flatMap(([name, value]) => {
    if (!/rate-?limit/.test(name)) return [];
    const [, remaining, reset] = /\br(?:emaining)?=(\d+).*?\b(?:t|reset)=(\d+)/.exec(value) ?? [];
    if (reset !== undefined) return Number(remaining) > 0 ? [] : [Number(reset) * 1000];
    if (!/reset/.test(name)) return [];
    const left = headers!.get(name.replace("reset", "remaining"));
    const wait = left !== null && Number(left) > 0 ? undefined : span(value, { now });
    return wait === undefined ? [] : [wait];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function headersOf(fields: object): Headers | undefined {
  try {
    return new Headers(Object.entries(fields).map(([name, value]) => [name, String(value)] as [string, string]));
  } catch {
    return undefined;
  }
}

function first<T>(values: readonly unknown[], find: (value: unknown) => T | undefined): T | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
