import { CONTROLS, isClass, LETTERS, literal, point, POSIX, PROPERTIES } from "./classes.ts";
import type { Cursor } from "./cursor.ts";

/** Reads a character escape as the content of a class. */
export function readEscaped(cursor: Cursor): string {
  cursor.skip();
  const letter = cursor.take();
  if (letter === undefined) cursor.refuse("a backslash at the end");
  if (Object.hasOwn(LETTERS, letter)) return LETTERS[letter];
  if (Object.hasOwn(CONTROLS, letter)) return point(CONTROLS[letter]);
  if (letter === "p" || letter === "P") return property(cursor, letter === "P");
  const rest = cursor.ahead(12);
  const hex = letter === "x"
    ? /^(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{1,2}))/.exec(rest)
    : /^([0-9A-Fa-f]{4})/.exec(rest);
  if (letter === "x" || letter === "u") {
    const value = hex ? parseInt(hex[1] ?? hex[2], 16) : NaN;
    if (!(value <= 0x10ffff)) cursor.refuse(`\\${letter}${rest}`);
    cursor.skip(hex![0].length);
    return point(value);
  }
  if (letter === "0") return point(0);
  if (/[A-Za-z0-9]/.test(letter)) cursor.refuse(`\\${letter}`);
  return literal(letter);
}

function property(cursor: Cursor, negative: boolean): string {
  const found = /^\{(\^?)([^}]+)\}/.exec(cursor.ahead(60));
  const name = found?.[2].trim() ?? "";
  const known = PROPERTIES[name.toLowerCase()] ?? POSIX[name.toLowerCase()];
  const positive = known ?? [name, `Script=${name}`].map((each) => `\\p{${each}}`).find(isClass);
  if (!found || positive === undefined) cursor.refuse(`the property ${name}`);
  cursor.skip(found[0].length);
  return negative !== (found[1] === "^") ? `[^${positive}]` : positive;
}

/** Reads a bracketed class as one of JavaScript's `v` classes. */
export function readClass(cursor: Cursor): string {
  return cursor.nested(() => {
    cursor.skip();
    const negative = cursor.next("^");
    const operands: string[][] = [[]];
    for (let first = true;; first = false) {
      const character = cursor.peek();
      if (character === undefined) cursor.refuse("a class without an end");
      if (character === "]" && !first) break;
      if (cursor.next("&&")) operands.push([]);
      else operands.at(-1)!.push(item(cursor));
    }
    cursor.skip();
    if (operands.some((each) => each.length === 0)) cursor.refuse("an intersection with nothing");
    const inner = operands.map((each) => operands.length > 1 ? `[${each.join("")}]` : each.join("")).join("&&");
    return negative ? `[^${inner}]` : `[${inner}]`;
  });
}

function item(cursor: Cursor): string {
  const posix = /^\[:(\^?)([a-z]+):\]/.exec(cursor.ahead(20));
  if (posix) {
    if (!Object.hasOwn(POSIX, posix[2])) cursor.refuse(posix[0]);
    cursor.skip(posix[0].length);
    return posix[1] ? `[^${POSIX[posix[2]]}]` : POSIX[posix[2]];
  }
  if (cursor.peek() === "[") return readClass(cursor);
  const from = member(cursor);
  const [dash, after] = [cursor.peek(), cursor.peek(1)];
  if (dash !== "-" || after === "]" || after === "[" || after === undefined || !from.startsWith("\\u{")) return from;
  cursor.skip();
  const to = member(cursor);
  const [low, high] = [from, to].map((each) => /^\\u\{([0-9a-f]+)\}$/.exec(each)?.[1] ?? "");
  if (!(parseInt(low, 16) <= parseInt(high, 16))) cursor.refuse("this range");
  return `${from}-${to}`;
}

function member(cursor: Cursor): string {
  if (cursor.peek() === "\\") {
    return cursor.peek(1) === "b" ? backspace(cursor) : readEscaped(cursor);
  }
  return literal(cursor.take()!);
}

function backspace(cursor: Cursor): string {
  cursor.skip(2);
  return point(8);
}
