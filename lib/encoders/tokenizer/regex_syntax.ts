/** What a regular expression says. */
export type Expression =
  | { readonly kind: "set"; readonly source: string; readonly ignoreCase: boolean }
  | { readonly kind: "all"; readonly parts: readonly Expression[] }
  | { readonly kind: "any"; readonly parts: readonly Expression[] }
  | {
    readonly kind: "repeat";
    readonly part: Expression;
    readonly least: number;
    readonly most: number;
    readonly greedy: boolean;
  }
  /** Matched for itself: what it once took is not given back. */
  | { readonly kind: "atomic"; readonly part: Expression }
  | { readonly kind: "look"; readonly part: Expression; readonly negative: boolean; readonly behind: number }
  | { readonly kind: "place"; readonly place: Place };

/** Places between characters: line and text bounds, word bounds. */
export type Place = "^" | "$" | "\\A" | "\\z" | "\\Z" | "\\b" | "\\B";

const WORD = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}]";

/** Outside of brackets, raised digits and fractions of Latin-1 are of words too. */
export const WORD_ALONE = `[${WORD}\\u{b2}\\u{b3}\\u{b9}\\u{bc}-\\u{be}]`;

/** Classes by their letter, as the insides of JavaScript's `v` classes. */
const LETTERS: Readonly<Record<string, string>> = {
  d: "\\p{Nd}",
  D: "\\P{Nd}",
  s: "\\p{White_Space}",
  S: "\\P{White_Space}",
  w: WORD,
  W: `[^${WORD}]`,
  h: "[0-9A-Fa-f]",
  H: "[^0-9A-Fa-f]",
};

const POSIX: Readonly<Record<string, string>> = {
  alnum: "[\\p{Alphabetic}\\p{Nd}]",
  alpha: "\\p{Alphabetic}",
  ascii: "\\p{ASCII}",
  blank: "[\\t\\p{Zs}]",
  cntrl: "\\p{Cc}",
  digit: "\\p{Nd}",
  lower: "\\p{Lowercase}",
  punct: "[\\p{P}\\p{S}]",
  space: "\\p{White_Space}",
  upper: "\\p{Uppercase}",
  word: WORD,
  xdigit: "[0-9A-Fa-f]",
};

/** Properties that differ from the bracketed class of the same name. */
const PROPERTIES: Readonly<Record<string, string>> = { punct: "\\p{P}", word: WORD_ALONE };

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27 };

/** Deepest nesting of groups and classes. */
const DEEPEST = 200;

/**
 * Reads a regular expression in the syntax of Oniguruma (Ruby's), as far as tokenizers use it: classes, properties,
 * groups, repetitions, lookaround and `(?i)`.
 *
 * @throws {Error} naming what is not read, such as a back reference.
 */
export function parseRegex(source: string): Expression {
  return new Parser(source).parse();
}

class Parser {
  readonly #source: readonly string[];
  #at = 0;
  #depth = 0;
  #ignoreCase = false;
  #multiline = false;

  constructor(source: string) {
    this.#source = [...source];
  }

  parse(): Expression {
    const expression = this.#alternatives();
    if (this.#at < this.#source.length) this.#refuse(`"${this.#source[this.#at]}"`);
    return expression;
  }

  #refuse(what: string): never {
    throw new Error(`regular expression "${this.#source.join("")}": ${what} at character ${this.#at} is not read`);
  }

  #next(text: string): boolean {
    const found = this.#source.slice(this.#at, this.#at + text.length).join("") === text;
    if (found) this.#at += text.length;
    return found;
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) this.#refuse("nesting this deep");
    const result = read();
    this.#depth--;
    return result;
  }

  #alternatives(): Expression {
    return this.#nested(() => {
      const [ignoreCase, multiline] = [this.#ignoreCase, this.#multiline];
      const parts = [this.#sequence()];
      while (this.#next("|")) parts.push(this.#sequence());
      [this.#ignoreCase, this.#multiline] = [ignoreCase, multiline];
      return parts.length === 1 ? parts[0] : { kind: "any", parts };
    });
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    while (this.#at < this.#source.length && this.#source[this.#at] !== "|" && this.#source[this.#at] !== ")") {
      parts.push(this.#repeated(this.#atom()));
    }
    return { kind: "all", parts };
  }

  #repeated(atom: Expression): Expression {
    let part = atom;
    for (let count = 0;; count++) {
      const range = this.#range();
      if (!range) return part;
      if (count > DEEPEST) this.#refuse("so many repetitions of one thing");
      const lazy = this.#next("?");
      const possessive = !lazy && !range.braces && this.#next("+");
      const repeat: Expression = { kind: "repeat", part, least: range.least, most: range.most, greedy: !lazy };
      part = possessive ? { kind: "atomic", part: repeat } : repeat;
    }
  }

  #range(): { least: number; most: number; braces: boolean } | undefined {
    if (this.#next("*")) return { least: 0, most: Infinity, braces: false };
    if (this.#next("+")) return { least: 1, most: Infinity, braces: false };
    if (this.#next("?")) return { least: 0, most: 1, braces: false };
    const found = /^\{(\d*)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 24).join(""));
    if (!found || found[1] + found[3] === "") return undefined;
    this.#at += found[0].length;
    const least = Number(found[1]);
    const most = found[2] === "" ? least : found[3] === "" ? Infinity : Number(found[3]);
    if (most < least) this.#refuse(`the range ${found[0]}`);
    return { least, most, braces: true };
  }

  #atom(): Expression {
    const character = this.#source[this.#at];
    if (character === "(") return this.#group();
    if (character === "[") return this.#set(this.#class());
    if (character === "\\") return this.#escape();
    if (character === "*" || character === "+" || character === "?") {
      this.#refuse(`"${character}" with nothing before it`);
    }
    this.#at++;
    if (character === ".") return this.#set(this.#multiline ? "[^]" : "[^\\n]");
    if (character === "^" || character === "$") return { kind: "place", place: character };
    return this.#set(`[${literal(character)}]`);
  }

  #set(source: string): Expression {
    return { kind: "set", source, ignoreCase: this.#ignoreCase };
  }

  #group(): Expression {
    this.#at++;
    const closed = (): Expression => {
      const part = this.#alternatives();
      if (!this.#next(")")) this.#refuse("a group without an end");
      return part;
    };
    if (this.#source[this.#at] !== "?") return closed();
    for (const [mark, negative] of [["?=", false], ["?!", true]] as const) {
      if (this.#next(mark)) return { kind: "look", part: closed(), negative, behind: 0 };
    }
    for (const [mark, negative] of [["?<=", false], ["?<!", true]] as const) {
      if (!this.#next(mark)) continue;
      const part = closed();
      const behind = width(part);
      if (behind === undefined || behind === 0) this.#refuse("lookbehind of other than one fixed length");
      return { kind: "look", part, negative, behind };
    }
    if (this.#next("?:")) return closed();
    if (this.#next("?>")) return { kind: "atomic", part: closed() };
    const named = /^\?(?:P?<([A-Za-z_]\w*)>|([imx-]*)([:)]))/.exec(
      this.#source.slice(this.#at, this.#at + 80).join(""),
    );
    if (!named || named[2]?.includes("x")) this.#refuse("this kind of group");
    this.#at += named[0].length;
    return named[1] === undefined ? this.#switched(named[2], named[3] === ":", closed) : closed();
  }

  #switched(flags: string, grouped: boolean, closed: () => Expression): Expression {
    const [ignoreCase, multiline] = [this.#ignoreCase, this.#multiline];
    const [on, off = ""] = flags.split("-");
    const set = (flag: string, now: boolean) => on.includes(flag) || (now && !off.includes(flag));
    this.#ignoreCase = set("i", ignoreCase);
    this.#multiline = set("m", multiline);
    if (!grouped) return this.#alternatives();
    const part = closed();
    [this.#ignoreCase, this.#multiline] = [ignoreCase, multiline];
    return part;
  }

  #escape(): Expression {
    const letter = this.#source[this.#at + 1];
    if (letter !== undefined && "AzZbB".includes(letter)) {
      this.#at += 2;
      return { kind: "place", place: `\\${letter}` as Place };
    }
    if (letter === "w" || letter === "W") {
      this.#at += 2;
      return this.#set(letter === "w" ? WORD_ALONE : `[^${WORD_ALONE}]`);
    }
    const source = `[${this.#escaped()}]`;
    // A property by itself knows no other case.
    return letter === "p" || letter === "P" ? { kind: "set", source, ignoreCase: false } : this.#set(source);
  }

  /** An escape that stands for characters, as the inside of a class. */
  #escaped(): string {
    this.#at++;
    const letter = this.#source[this.#at++];
    if (letter === undefined) this.#refuse("a backslash at the end");
    if (Object.hasOwn(LETTERS, letter)) return LETTERS[letter];
    if (Object.hasOwn(CONTROLS, letter)) return point(CONTROLS[letter]);
    if (letter === "p" || letter === "P") return this.#property(letter === "P");
    const rest = this.#source.slice(this.#at, this.#at + 12).join("");
    const hex = letter === "x"
      ? /^(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{1,2}))/.exec(rest)
      : /^([0-9A-Fa-f]{4})/.exec(rest);
    if (letter === "x" || letter === "u") {
      const value = hex ? parseInt(hex[1] ?? hex[2], 16) : NaN;
      if (!(value <= 0x10ffff)) this.#refuse(`\\${letter}${rest}`);
      this.#at += hex![0].length;
      return point(value);
    }
    if (letter === "0") return point(0);
    if (/[A-Za-z0-9]/.test(letter)) this.#refuse(`\\${letter}`);
    return literal(letter);
  }

  #property(negative: boolean): string {
    const found = /^\{(\^?)([^}]+)\}/.exec(this.#source.slice(this.#at, this.#at + 60).join(""));
    const name = found?.[2].trim() ?? "";
    const known = PROPERTIES[name.toLowerCase()] ?? POSIX[name.toLowerCase()];
    const positive = known ?? [name, `Script=${name}`].map((each) => `\\p{${each}}`).find(isClass);
    if (!found || positive === undefined) this.#refuse(`the property ${name}`);
    this.#at += found[0].length;
    return negative !== (found[1] === "^") ? `[^${positive}]` : positive;
  }

  /** A bracketed class as one of JavaScript's `v` classes. */
  #class(): string {
    return this.#nested(() => {
      this.#at++;
      const negative = this.#next("^");
      const operands: string[][] = [[]];
      for (let first = true;; first = false) {
        const character = this.#source[this.#at];
        if (character === undefined) this.#refuse("a class without an end");
        if (character === "]" && !first) break;
        if (this.#next("&&")) operands.push([]);
        else operands.at(-1)!.push(this.#item());
      }
      this.#at++;
      if (operands.some((each) => each.length === 0)) this.#refuse("an intersection with nothing");
      const inner = operands.map((each) => operands.length > 1 ? `[${each.join("")}]` : each.join("")).join("&&");
      return negative ? `[^${inner}]` : `[${inner}]`;
    });
  }

  #item(): string {
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.#source.slice(this.#at, this.#at + 20).join(""));
    if (posix) {
      if (!Object.hasOwn(POSIX, posix[2])) this.#refuse(posix[0]);
      this.#at += posix[0].length;
      return posix[1] ? `[^${POSIX[posix[2]]}]` : POSIX[posix[2]];
    }
    if (this.#source[this.#at] === "[") return this.#class();
    const from = this.#member();
    const [dash, after] = this.#source.slice(this.#at, this.#at + 2);
    if (dash !== "-" || after === "]" || after === "[" || after === undefined || !from.startsWith("\\u{")) return from;
    this.#at++;
    const to = this.#member();
    const [low, high] = [from, to].map((each) => /^\\u\{([0-9a-f]+)\}$/.exec(each)?.[1] ?? "");
    if (!(parseInt(low, 16) <= parseInt(high, 16))) this.#refuse("this range");
    return `${from}-${to}`;
  }

  #member(): string {
    if (this.#source[this.#at] === "\\") {
      return this.#source[this.#at + 1] === "b" ? this.#backspace() : this.#escaped();
    }
    return literal(this.#source[this.#at++]);
  }

  #backspace(): string {
    this.#at += 2;
    return point(8);
  }
}

function point(value: number): string {
  return `\\u{${value.toString(16)}}`;
}

function literal(character: string): string {
  return point(character.codePointAt(0)!);
}

function isClass(source: string): boolean {
  try {
    return new RegExp(`[${source}]`, "v") !== undefined;
  } catch {
    return false;
  }
}

/** How many characters an expression takes, if it is always as many. */
function width(expression: Expression): number | undefined {
  switch (expression.kind) {
    case "set":
      return 1;
    case "all":
      return expression.parts.map(width).reduce((a, b) => a === undefined || b === undefined ? undefined : a + b, 0);
    case "any": {
      const [first, ...rest] = expression.parts.map(width);
      return rest.every((each) => each === first) ? first : undefined;
    }
    case "repeat": {
      const each = width(expression.part);
      return expression.least === expression.most && each !== undefined ? each * expression.least : undefined;
    }
    case "atomic":
      return width(expression.part);
    case "look":
    case "place":
      return 0;
    default:
      return expression satisfies never;
  }
}
