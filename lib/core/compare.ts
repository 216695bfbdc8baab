/**
 * Compares two strings by code points, the order of their UTF-8 bytes and of C's `strcmp`: negative if `a` comes first,
 * 0 if they are equal. (JavaScript's `<` compares UTF-16 units, which differs past U+FFFF.)
 *
 * @category Core
 *
 * @example
 * ```ts
 * import { compareCodePoints } from "./compare.ts";
 * console.log(compareCodePoints("\uffee", "🙂") < 0, "\uffee" < "🙂"); // true false
 * ```
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return order(x) - order(y);
  }
  return a.length - b.length;
}

/** Moves surrogates, the halves of code points past U+FFFF, after all other units. */
function order(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
