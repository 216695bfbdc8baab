import { literal, WORD_ALONE } from "./classes.ts";
import { Cursor, DEEPEST } from "./cursor.ts";
import { type Expression, type Place, width } from "./expression.ts";
import { readClass, readEscaped } from "./read_class.ts";

/**
 * Parses a regular expression in the syntax of Oniguruma (Ruby's), as far as tokenizers use it: classes, properties,
 * groups, repetitions, lookaround and `(?i)`.
 *
 * @throws {Error} if a construct is unsupported, such as a back reference.
 */
export function parseRegex(source: string): Expression {
  return new Parser(source).parse();
}

class Parser {
  readonly #cursor: Cursor;
  #ignoreCase = false;
  #multiline = false;

  constructor(source: string) {
    this.#cursor = new Cursor(source);
  }

  parse(): Expression {
    const expression = this.#alternatives();
    if (!this.#cursor.done) this.#cursor.refuse(`"${this.#cursor.peek()}"`);
    return expression;
  }

  #alternatives(): Expression {
    return this.#cursor.nested(() => {
      const [ignoreCase, multiline] = [this.#ignoreCase, this.#multiline];
      const parts = [this.#sequence()];
      while (this.#cursor.next("|")) parts.push(this.#sequence());
      [this.#ignoreCase, this.#multiline] = [ignoreCase, multiline];
      return parts.length === 1 ? parts[0] : { kind: "any", parts };
    });
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    while (!this.#cursor.done && this.#cursor.peek() !== "|" && this.#cursor.peek() !== ")") {
      parts.push(this.#repeated(this.#atom()));
    }
    return { kind: "all", parts };
  }

  #repeated(atom: Expression): Expression {
    let part = atom;
    for (let count = 0;; count++) {
      const range = this.#range();
      if (!range) return part;
      if (count > DEEPEST) this.#cursor.refuse("this many repetitions of one part");
      const lazy = this.#cursor.next("?");
      const possessive = !lazy && !range.braces && this.#cursor.next("+");
      const repeat: Expression = { kind: "repeat", part, least: range.least, most: range.most, greedy: !lazy };
      part = possessive ? { kind: "atomic", part: repeat } : repeat;
    }
  }

  #range(): { least: number; most: number; braces: boolean } | undefined {
    if (this.#cursor.next("*")) return { least: 0, most: Infinity, braces: false };
    if (this.#cursor.next("+")) return { least: 1, most: Infinity, braces: false };
    if (this.#cursor.next("?")) return { least: 0, most: 1, braces: false };
    const found = /^\{(\d*)(,?)(\d*)\}/.exec(this.#cursor.ahead(24));
    if (!found || found[1] + found[3] === "") return undefined;
    this.#cursor.skip(found[0].length);
    const least = Number(found[1]);
    const most = found[2] === "" ? least : found[3] === "" ? Infinity : Number(found[3]);
    if (most < least) this.#cursor.refuse(`the range ${found[0]}`);
    return { least, most, braces: true };
  }

  #atom(): Expression {
    const character = this.#cursor.peek();
    if (character === "(") return this.#group();
    if (character === "[") return this.#set(readClass(this.#cursor));
    if (character === "\\") return this.#escape();
    if (character === "*" || character === "+" || character === "?") {
      this.#cursor.refuse(`"${character}" with nothing before it`);
    }
    this.#cursor.skip();
    if (character === ".") return this.#set(this.#multiline ? "[^]" : "[^\\n]");
    if (character === "^" || character === "$") return { kind: "place", place: character };
    return this.#set(`[${literal(character!)}]`);
  }

  #set(source: string): Expression {
    return { kind: "set", source, ignoreCase: this.#ignoreCase };
  }

  #group(): Expression {
    this.#cursor.skip();
    const closed = (): Expression => {
      const part = this.#alternatives();
      if (!this.#cursor.next(")")) this.#cursor.refuse("a group without an end");
      return part;
    };
    if (this.#cursor.peek() !== "?") return closed();
    for (const [mark, negative] of [["?=", false], ["?!", true]] as const) {
      if (this.#cursor.next(mark)) return { kind: "look", part: closed(), negative, behind: 0 };
    }
    for (const [mark, negative] of [["?<=", false], ["?<!", true]] as const) {
      if (!this.#cursor.next(mark)) continue;
      const part = closed();
      const behind = width(part);
      if (behind === undefined || behind === 0) this.#cursor.refuse("lookbehind of other than one fixed length");
      return { kind: "look", part, negative, behind };
    }
    if (this.#cursor.next("?:")) return closed();
    if (this.#cursor.next("?>")) return { kind: "atomic", part: closed() };
    const named = /^\?(?:P?<([A-Za-z_]\w*)>|([imx-]*)([:)]))/.exec(
      this.#cursor.ahead(80),
    );
    if (!named || named[2]?.includes("x")) this.#cursor.refuse("this kind of group");
    this.#cursor.skip(named[0].length);
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
    const letter = this.#cursor.peek(1);
    if (letter !== undefined && "AzZbB".includes(letter)) {
      this.#cursor.skip(2);
      return { kind: "place", place: `\\${letter}` as Place };
    }
    if (letter === "w" || letter === "W") {
      this.#cursor.skip(2);
      return this.#set(letter === "w" ? WORD_ALONE : `[^${WORD_ALONE}]`);
    }
    const source = `[${readEscaped(this.#cursor)}]`;
    // Outside a class, a property ignores the case flag.
    return letter === "p" || letter === "P" ? { kind: "set", source, ignoreCase: false } : this.#set(source);
  }
}
