/**
 * A duration in words: "12 s", "3 min 20 s", "2 h 5 min".
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { duration } from "./duration.ts";
 * console.log(duration(200)); // 3 min 20 s
 * ```
 */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  // Rounded before it is split, so that there is never "3 min 60 s".
  const tenths = Math.round(10 * Math.max(0, seconds));
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 100) return `${whole} s`;
  if (whole < 6000) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
